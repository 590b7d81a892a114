package com.example.classify;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.os.Looper;
import android.widget.TextView;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.annotation.Config;
import org.robolectric.shadows.ShadowBuild;
import org.robolectric.shadows.ShadowVMRuntime;

/** The whole app: the assets have a model for x86_64 alone. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 34)
public class MainActivityTest {
    /** What Paddle 2.6.2 computes of the picture: the largest three, with their places. */
    private static final double[][] PADDLE = {{9, 6.30366}, {7, 3.61584}, {5, 1.39792}};

    @Before
    public void deviceIsTheHost() {
        ShadowBuild.setSupported64BitAbis(new String[] {"riscv64", "x86_64"});
    }

    @SuppressWarnings("deprecation")
    private static String shown() throws InterruptedException {
        ActivityController<MainActivity> controller = Robolectric.buildActivity(MainActivity.class);
        MainActivity activity = controller.get();
        // An APK with compiled resources would bring them.
        assertTrue(activity.getAssets().addAssetPath(System.getProperty("app.assets")) != 0);
        controller.setup();
        TextView view = activity.findViewById(android.R.id.text1);
        for (int i = 0; i < 600 && view.getText().length() < 2; i++) {
            Thread.sleep(100);
            shadowOf(Looper.getMainLooper()).idle();
        }
        return view.getText().toString();
    }

    @Test
    public void showsWhatPaddleSeesAndTheTime() throws InterruptedException {
        String[] lines = shown().split("\n");
        assertEquals(String.join("\n", lines), 4, lines.length);
        for (int i = 0; i < 3; i++) {
            Matcher line = Pattern.compile("(\\d) ([a-z -]+): (-?\\d+\\.\\d{4})").matcher(lines[i]);
            assertTrue(lines[i], line.matches());
            assertEquals(lines[i], PADDLE[i][0], Double.parseDouble(line.group(1)), 0);
            assertEquals(lines[i], PADDLE[i][1], Double.parseDouble(line.group(3)), 1e-4);
        }
        assertTrue(lines[0], lines[0].startsWith("9 ankle boot: "));
        assertTrue(lines[3], lines[3].matches("\\d+\\.\\d µs, median of 50 runs"));
    }

    @Test
    public void saysWhichProcessorHasNoModel() throws InterruptedException {
        ShadowBuild.setSupported64BitAbis(new String[] {"riscv64"});
        assertEquals("It failed: the app has no model for [riscv64]", shown());
    }

    /** As an app does that was installed with 32-bit libraries. */
    @Test
    public void a32BitProcessTakesNo64BitModel() throws InterruptedException {
        ShadowVMRuntime.setIs64Bit(false);
        ShadowBuild.setSupported32BitAbis(new String[] {"armeabi-v7a", "armeabi"});
        assertEquals("It failed: the app has no model for [armeabi-v7a, armeabi]", shown());
    }

    @Test
    public void refusesWhatIsNoPicture() {
        for (String text : new String[] {"", "P6\n1 1\n255\n...", "P5\n0 1\n255\n", "P5\n1 1\n65535\n..", "P5\n2 2\n255\n..."}) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            assertThrows(text, IOException.class, () -> Picture.readPgm(new ByteArrayInputStream(bytes)));
        }
    }

    @Test
    public void bestAreSorted() {
        assertArrayEquals(new int[] {2, 0, 3}, Classifier.best(new float[] {1, -2, 3, 0}, 3));
        assertArrayEquals(new int[] {1, 0}, Classifier.best(new float[] {1, 1.5f}, 3));
    }
}
