import com.baidu.paddle.lite.MobileConfig;
import com.baidu.paddle.lite.PaddlePredictor;
import com.baidu.paddle.lite.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many predictors of a model whose input is 1x1x28x28.
 *
 * <pre>
 * Endurance MODEL create COUNT THREADS   make, run and close; prints the resident kilobytes after a tenth of them, and at the end
 * Endurance MODEL forget COUNT           the same without close
 * Endurance MODEL threads COUNT RUNS     in that many threads at once, each with a predictor; prints how many runs differ
 * </pre>
 */
final class Endurance {
    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[2]);
        if (args[1].equals("threads")) {
            System.out.println(atOnce(args[0], count, Integer.parseInt(args[3])));
            return;
        }
        boolean close = args[1].equals("create");
        float[] expected = null;
        for (int i = 1; i <= count; i++) {
            PaddlePredictor predictor = open(args[0], close ? Integer.parseInt(args[3]) : 1);
            // A photo, as a program would decode one for every predictor that it makes.
            byte[] photo = close ? null : new byte[640 * 480 * 3];
            float[] scores = classify(predictor);
            if (expected == null) expected = scores;
            if (!Arrays.equals(scores, expected)) throw new AssertionError("run " + i + " differs");
            if (close) predictor.close();
            if (i == count / 10 || i == count) System.out.println(residentKilobytes());
        }
    }

    private static int atOnce(String path, int count, int runs) throws Exception {
        PaddlePredictor first = open(path, 1);
        float[] expected = classify(first);
        first.close();
        AtomicInteger different = new AtomicInteger(count * runs);
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++) {
            int helpers = 1 + i % 2;
            threads[i] = new Thread(() -> {
                try (PaddlePredictor predictor = open(path, helpers)) {
                    for (int run = 0; run < runs; run++) {
                        if (Arrays.equals(classify(predictor), expected)) different.decrementAndGet();
                    }
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) thread.join();
        return different.get();
    }

    private static PaddlePredictor open(String path, int threads) {
        MobileConfig config = new MobileConfig();
        config.setModelFromFile(path);
        config.setThreads(threads);
        return PaddlePredictor.createPaddlePredictor(config);
    }

    private static float[] classify(PaddlePredictor predictor) {
        float[] pixels = new float[28 * 28];
        for (int i = 0; i < pixels.length; i++) pixels[i] = i * 7 % 31 / 31f;
        Tensor input = predictor.getInput(0);
        input.resize(new long[] {1, 1, 28, 28});
        input.setData(pixels);
        predictor.run();
        return predictor.getOutput(0).getFloatData();
    }

    private static long residentKilobytes() throws Exception {
        for (String line : Files.readAllLines(Paths.get("/proc/self/status"), StandardCharsets.UTF_8)) {
            if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", ""));
        }
        throw new AssertionError("no VmRSS");
    }
}
