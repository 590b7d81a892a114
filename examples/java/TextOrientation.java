import com.baidu.paddle.lite.MobileConfig;
import com.baidu.paddle.lite.PaddlePredictor;
import com.baidu.paddle.lite.PowerMode;
import com.baidu.paddle.lite.Tensor;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.Locale;

/**
 * Which way up does a line of text stand? The classifier of PP-OCR.
 *
 * <pre>java -Djava.library.path=PACKAGE/lib -cp PACKAGE/java/PaddlePredictor.jar:. TextOrientation MODEL.edp PICTURE.ppm</pre>
 *
 * PICTURE is a binary PPM (P6, 8 bits) of any size. Prints {@code 0 degrees} or {@code 180 degrees} with the score.
 */
public final class TextOrientation {
    private static final int HEIGHT = 48, WIDTH = 192;

    private final int height, width;
    private final byte[] rgb;

    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println("usage: java TextOrientation MODEL.edp PICTURE.ppm");
            System.exit(2);
        }
        MobileConfig config = new MobileConfig();
        config.setModelFromFile(args[0]);
        config.setPowerMode(PowerMode.LITE_POWER_HIGH);
        config.setThreads(1);
        try (PaddlePredictor predictor = PaddlePredictor.createPaddlePredictor(config)) {
            Tensor input = predictor.getInput(0);
            input.resize(new long[] {1, 3, HEIGHT, WIDTH});
            input.setData(new TextOrientation(args[1]).prepared());
            predictor.run();
            float[] scores = predictor.getOutput(0).getFloatData();
            boolean isTurned = scores[1] > scores[0];
            System.out.println((isTurned ? "180" : "0") + " degrees "
                    + String.format(Locale.ROOT, "%.4f", isTurned ? scores[1] : scores[0]));
        } catch (RuntimeException | IOException error) {
            System.err.println("TextOrientation: " + error.getMessage());
            System.exit(1);
        }
    }

    private TextOrientation(String path) throws IOException {
        try (DataInputStream file = new DataInputStream(new BufferedInputStream(new FileInputStream(path)))) {
            if (!word(file).equals("P6")) throw new IOException(path + " is no binary PPM");
            width = Integer.parseInt(word(file));
            height = Integer.parseInt(word(file));
            if (!word(file).equals("255")) throw new IOException(path + " is no PPM of 8 bits");
            if (width < 1 || height < 1) throw new IOException(path + " has no pixels");
            rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(height, width))];
            file.readFully(rgb);
        } catch (EOFException end) {
            throw new IOException(path + " is cut short");
        }
    }

    /** A word of the picture's header, and the one space behind it. */
    private static String word(DataInputStream file) throws IOException {
        StringBuilder word = new StringBuilder();
        for (int c = file.readUnsignedByte(); c > ' '; c = file.readUnsignedByte()) word.append((char) c);
        return word.toString();
    }

    /**
     * As PaddleOCR does it: the height becomes 48 and the width follows, up to 192; (x / 255 - 0.5) / 0.5; zeros fill the right
     * side.
     */
    private float[] prepared() {
        int newWidth = (int) Math.min(WIDTH, Math.ceil((double) HEIGHT * width / height));
        float[] input = new float[3 * HEIGHT * WIDTH];
        for (int channel = 0; channel < 3; channel++) {
            for (int y = 0; y < HEIGHT; y++) {
                float row = place(y, HEIGHT, height);
                for (int x = 0; x < newWidth; x++) {
                    // The network was trained on BGR.
                    float value = between(row, place(x, newWidth, width), 2 - channel);
                    input[(channel * HEIGHT + y) * WIDTH + x] = (value / 255 - 0.5f) / 0.5f;
                }
            }
        }
        return input;
    }

    /** Where pixel `i` of `newSize` lies among `oldSize` pixels, which are squares. */
    private static float place(int i, int newSize, int oldSize) {
        return Math.max(0, Math.min((i + 0.5f) * oldSize / newSize - 0.5f, oldSize - 1));
    }

    /** The value at a place, from the four pixels around it. */
    private float between(float row, float column, int channel) {
        int top = (int) row, left = (int) column;
        int bottom = Math.min(top + 1, height - 1), right = Math.min(left + 1, width - 1);
        float down = row - top, across = column - left;
        float first = pixel(top, left, channel) * (1 - down) + pixel(bottom, left, channel) * down;
        float second = pixel(top, right, channel) * (1 - down) + pixel(bottom, right, channel) * down;
        return first * (1 - across) + second * across;
    }

    private int pixel(int y, int x, int channel) {
        return rgb[(y * width + x) * 3 + channel] & 0xff;
    }
}
