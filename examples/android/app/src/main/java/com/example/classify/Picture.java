package com.example.classify;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A grey picture. */
final class Picture {
    final int width;
    final int height;
    /** Row by row: 0 is black, 1 white. */
    final float[] pixels;

    private Picture(int width, int height, float[] pixels) {
        this.width = width;
        this.height = height;
        this.pixels = pixels;
    }

    /** Reads a binary PGM (P5) of 8 bits without comments. */
    static Picture readPgm(InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        if (in.read() != 'P' || in.read() != '5') throw new IOException("the picture is not a binary PGM");
        in.read();
        int width = readNumber(in);
        int height = readNumber(in);
        if (readNumber(in) != 255 || width < 1 || height < 1 || width > 4096 || height > 4096) {
            throw new IOException("the picture is not a PGM of 8 bits and at most 4096 x 4096 pixels");
        }
        byte[] bytes = new byte[width * height];
        in.readFully(bytes);
        float[] pixels = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) pixels[i] = (bytes[i] & 0xff) / 255f;
        return new Picture(width, height, pixels);
    }

    /** A number and the one character behind it. */
    private static int readNumber(InputStream in) throws IOException {
        int number = 0;
        for (int next = in.read(); next >= '0' && next <= '9' && number < 100000; next = in.read()) {
            number = 10 * number + next - '0';
        }
        return number;
    }
}
