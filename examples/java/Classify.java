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
 * Classifies one picture with a compiled model.
 *
 * <pre>java -Djava.library.path=PACKAGE/lib -cp PACKAGE/java/PaddlePredictor.jar:. Classify MODEL.edp PICTURE.pgm</pre>
 *
 * PICTURE is a binary PGM (P5, 8 bits) of a height and width that the model was compiled for; the model takes pixel / 255.
 * Prints the three best classes with their scores.
 */
public final class Classify {
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println("usage: java Classify MODEL.edp PICTURE.pgm");
            System.exit(2);
        }
        MobileConfig config = new MobileConfig();
        config.setModelFromFile(args[0]);
        config.setPowerMode(PowerMode.LITE_POWER_HIGH);
        config.setThreads(1);
        try (PaddlePredictor predictor = PaddlePredictor.createPaddlePredictor(config)) {
            setPicture(predictor.getInput(0), args[1]);
            predictor.run();
            printBest(predictor.getOutput(0).getFloatData(), 3);
        } catch (RuntimeException | IOException error) {
            System.err.println("Classify: " + error.getMessage());
            System.exit(1);
        }
    }

    private static void setPicture(Tensor input, String path) throws IOException {
        try (DataInputStream file = new DataInputStream(new BufferedInputStream(new FileInputStream(path)))) {
            String magic = word(file), width = word(file), height = word(file), white = word(file);
            if (!magic.equals("P5") || !white.equals("255")) throw new IOException(path + " is no PGM of 8 bits");
            input.resize(new long[] {1, 1, Integer.parseInt(height), Integer.parseInt(width)});
            float[] pixels = new float[Integer.parseInt(height) * Integer.parseInt(width)];
            for (int i = 0; i < pixels.length; i++) pixels[i] = file.readUnsignedByte() / 255f;
            input.setData(pixels);
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

    private static void printBest(float[] scores, int count) {
        for (int i = 0; i < count && i < scores.length; i++) {
            int best = 0;
            for (int label = 1; label < scores.length; label++) {
                if (scores[label] > scores[best]) best = label;
            }
            System.out.println(best + String.format(Locale.ROOT, " %.4f", scores[best]));
            scores[best] = Float.NEGATIVE_INFINITY;
        }
    }
}
