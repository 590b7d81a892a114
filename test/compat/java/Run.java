import com.baidu.paddle.lite.MobileConfig;
import com.baidu.paddle.lite.PaddlePredictor;
import com.baidu.paddle.lite.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Paths;

/**
 * Runs a model of one input of floats on one predictor, with one shape after the other.
 *
 * <pre>Run MODEL THREADS [SHAPE INPUT OUTPUT]...</pre>
 *
 * SHAPE is 1,3,48,192; INPUT and OUTPUT are files of little-endian floats.
 */
final class Run {
    public static void main(String[] args) throws Exception {
        MobileConfig config = new MobileConfig();
        config.setModelFromFile(args[0]);
        config.setThreads(Integer.parseInt(args[1]));
        try (PaddlePredictor predictor = PaddlePredictor.createPaddlePredictor(config)) {
            for (int i = 2; i < args.length; i += 3) {
                String[] sizes = args[i].split(",");
                long[] shape = new long[sizes.length];
                for (int axis = 0; axis < shape.length; axis++) shape[axis] = Long.parseLong(sizes[axis]);
                ByteBuffer bytes = littleEndian(Files.readAllBytes(Paths.get(args[i + 1])));
                float[] values = new float[bytes.capacity() / 4];
                bytes.asFloatBuffer().get(values);
                Tensor input = predictor.getInput(0);
                if (!input.resize(shape) || !input.setData(values) || !predictor.run()) throw new AssertionError(args[i]);
                float[] output = predictor.getOutput(0).getFloatData();
                ByteBuffer result = littleEndian(new byte[output.length * 4]);
                result.asFloatBuffer().put(output);
                Files.write(Paths.get(args[i + 2]), result.array());
            }
        }
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
