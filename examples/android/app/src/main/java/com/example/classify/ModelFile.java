package com.example.classify;

import android.content.Context;
import android.content.res.AssetManager;
import android.os.Build;
import android.os.Process;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** The model among the app's assets, as a file: a program is compiled for one kind of processor. */
final class ModelFile {
    private ModelFile() {}

    /** Copies the model that this process can run to the cache folder. */
    static File copy(Context context) throws IOException {
        String[] abis = is64Bit() ? Build.SUPPORTED_64_BIT_ABIS : Build.SUPPORTED_32_BIT_ABIS;
        for (String abi : abis) {
            try (InputStream in = context.getAssets().open(abi + "/model.edp", AssetManager.ACCESS_STREAMING)) {
                return copy(in, new File(context.getCacheDir(), abi + ".edp"));
            } catch (FileNotFoundException absent) {
                // The next one, if any, is slower but runs as well.
            }
        }
        throw new IOException("the app has no model for " + Arrays.toString(abis));
    }

    /** A 64-bit device runs 32-bit processes too; what counts is which libraries the app was installed with. */
    private static boolean is64Bit() {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.M) return Process.is64Bit();
        return System.getProperty("os.arch", "").contains("64");
    }

    /** The file appears when it is whole. */
    private static File copy(InputStream in, File file) throws IOException {
        File part = File.createTempFile("model", ".part", file.getParentFile());
        try (OutputStream out = new FileOutputStream(part)) {
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) out.write(buffer, 0, count);
        }
        if (!part.renameTo(file)) throw new IOException(part + " cannot be renamed to " + file);
        return file;
    }
}
