package com.example.classify;

import com.baidu.paddle.lite.MobileConfig;
import com.baidu.paddle.lite.PaddlePredictor;
import com.baidu.paddle.lite.PowerMode;
import com.baidu.paddle.lite.Tensor;
import java.io.File;
import java.util.Arrays;

/** Tells what a picture shows. For one thread at a time; knows nothing of Android. */
final class Classifier implements AutoCloseable {
    /** What the network has learnt, in the order of its output. */
    static final String[] LABELS = {
        "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"
    };

    private final PaddlePredictor predictor;

    /** Opens a model: a program file for this processor, else it throws a RuntimeException that says why. */
    Classifier(File model) {
        MobileConfig config = new MobileConfig();
        config.setModelFromFile(model.getPath());
        config.setThreads(2);
        config.setPowerMode(PowerMode.LITE_POWER_HIGH);
        predictor = PaddlePredictor.createPaddlePredictor(config);
    }

    /** A score for each of the labels: the largest is the answer. */
    float[] classify(Picture picture) {
        Tensor input = predictor.getInput(0);
        input.resize(new long[] {1, 1, picture.height, picture.width});
        input.setData(picture.pixels);
        predictor.run();
        return predictor.getOutput(0).getFloatData();
    }

    /** The median of the times that `runs` runs with the last picture take, in nanoseconds. */
    long medianTime(int runs) {
        long[] times = new long[runs];
        for (int i = 0; i < runs; i++) {
            long start = System.nanoTime();
            predictor.run();
            times[i] = System.nanoTime() - start;
        }
        Arrays.sort(times);
        return times[runs / 2];
    }

    /** The places of the largest scores, best first. */
    static int[] best(float[] scores, int count) {
        int[] places = new int[Math.min(count, scores.length)];
        boolean[] taken = new boolean[scores.length];
        for (int i = 0; i < places.length; i++) {
            int best = -1;
            for (int place = 0; place < scores.length; place++) {
                if (!taken[place] && (best < 0 || scores[place] > scores[best])) best = place;
            }
            taken[best] = true;
            places[i] = best;
        }
        return places;
    }

    @Override
    public void close() {
        predictor.close();
    }
}
