package com.example.classify;

import android.app.Activity;
import android.os.Bundle;
import android.widget.TextView;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** Shows what the network sees in a picture, and how long it takes. */
public class MainActivity extends Activity {
    private static final int RUNS = 50;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        TextView view = new TextView(this);
        view.setId(android.R.id.text1);
        view.setPadding(48, 48, 48, 48);
        view.setText("…");
        setContentView(view);
        new Thread(() -> {
            String text = describe();
            runOnUiThread(() -> view.setText(text));
        }).start();
    }

    private String describe() {
        try (InputStream asset = getAssets().open("ankle-boot.pgm");
                Classifier classifier = new Classifier(ModelFile.copy(this))) {
            float[] scores = classifier.classify(Picture.readPgm(asset));
            StringBuilder text = new StringBuilder();
            for (int place : Classifier.best(scores, 3)) {
                text.append(String.format(Locale.ROOT, "%d %s: %.4f\n", place, Classifier.LABELS[place], scores[place]));
            }
            long median = classifier.medianTime(RUNS);
            return text.append(String.format(Locale.ROOT, "%.1f µs, median of %d runs", median / 1e3, RUNS)).toString();
        } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError error) {
            return "It failed: " + error.getMessage();
        }
    }
}
