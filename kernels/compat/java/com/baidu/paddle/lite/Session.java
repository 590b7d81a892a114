package com.baidu.paddle.lite;

import java.io.File;
import java.lang.reflect.Array;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A model in native memory, its inputs, outputs and runs. Predictor and tensors share it, and the last of them that is
 * forgotten frees it. Safe, though not meant, to be used by several threads.
 */
final class Session {
    /** Of enum ed_status. */
    private static final int OK = 0, NOT_A_PROGRAM = 1;

    /** Element types by enum ed_type. */
    private static final String[] TYPES = {"float", "double", "byte", "byte", "short", "int", "long", "boolean"};

    private static final Charset UTF_8 = Charset.forName("UTF-8");

    /** 0: closed. */
    private long handle;

    private int plan;
    /** By plan and input. */
    private long[][][] shapes;

    private String[] inputs;
    private String[] outputs;
    /** By input: the shape that was asked for, null for none. */
    private long[][] wanted;

    /** Opens a model: these bytes or, when they are null, a file. */
    static Session open(byte[] model, String path, int threads, PowerMode powerMode) {
        Session session = new Session();
        boolean opened = false;
        try {
            if (model != null) Native.copy(session.handle, model);
            else session.read(path);
            session.start(model != null ? "the model in memory" : path, threads, powerMode);
            opened = true;
        } finally {
            if (!opened) session.close();
        }
        return session;
    }

    private Session() {
        handle = Native.create();
    }

    private void read(String path) {
        byte[] name = path.getBytes(UTF_8);
        if (path.indexOf('\0') >= 0) throw new RuntimeException("the name of the model's file has a zero in it");
        int error = Native.read(handle, Arrays.copyOf(name, name.length + 1), new File(path).length());
        if (error != 0) throw new RuntimeException(path + " cannot be read: " + Native.errorText(error));
    }

    private void start(String name, int threads, PowerMode powerMode) {
        int status = Native.open(handle);
        if (status == NOT_A_PROGRAM && Native.isNaiveBuffer(handle)) {
            throw new RuntimeException(name + " is a model of Paddle-Lite (.nb). Convert it once: edge-deploy build "
                    + name + " -t TARGET -o model.edp");
        }
        if (status == OK) status = Native.start(handle, threads, powerMode.value());
        if (status != OK) throw new RuntimeException(name + ": " + Native.statusText(status));
        inputs = names(true, Native.inputCount(handle));
        outputs = names(false, Native.outputCount(handle));
        wanted = new long[inputs.length][];
        shapes = new long[Native.planCount(handle)][inputs.length][];
        for (int p = 0; p < shapes.length; p++) {
            for (int i = 0; i < inputs.length; i++) shapes[p][i] = Native.planShape(handle, p, i);
        }
    }

    private String[] names(boolean isInput, int count) {
        String[] names = new String[count];
        for (int i = 0; i < count; i++) names[i] = new String(Native.name(handle, isInput, i), UTF_8);
        return names;
    }

    synchronized void close() {
        long freed = handle;
        handle = 0;
        if (freed != 0) Native.destroy(freed);
    }

    /** Frees what was not closed. That close synchronizes keeps the session alive while a method runs (JLS 12.6.2). */
    @Override
    protected void finalize() throws Throwable {
        try {
            close();
        } finally {
            super.finalize();
        }
    }

    private long live() {
        if (handle == 0) throw new IllegalStateException("the predictor is closed: make another one");
        return handle;
    }

    /** Refuses what is closed, and an index out of range. */
    synchronized void check(boolean isInput, int index) {
        live();
        int count = (isInput ? inputs : outputs).length;
        if (index >= 0 && index < count) return;
        throw new IndexOutOfBoundsException(
                "the model has no " + (isInput ? "input " : "output ") + index + ": it has " + count + ", from 0");
    }

    /** The output, or else the input, of a name. */
    synchronized Tensor find(String name) {
        live();
        int output = Arrays.asList(outputs).indexOf(name);
        if (output >= 0) return new Tensor(this, false, output, true);
        int input = Arrays.asList(inputs).indexOf(name);
        if (input >= 0) return new Tensor(this, true, input, true);
        List<String> known = new ArrayList<>(Arrays.asList(inputs));
        known.addAll(Arrays.asList(outputs));
        throw new IllegalArgumentException("the model has no input or output '" + name + "': it has " + listOf(known));
    }

    synchronized long[] shape(boolean isInput, int index) {
        return Native.shape(live(), isInput, index);
    }

    /** Null unless the elements are of the type. */
    synchronized Object get(boolean isInput, int index, String type) {
        String mismatch = mismatch(isInput, index, type);
        if (mismatch == null) return Native.get(handle, isInput, index);
        throw new IllegalStateException(mismatch + ": call get" + capitalised(typeOf(isInput, index)) + "Data()");
    }

    /** False when the array's length is not the number of elements. */
    synchronized boolean set(int index, String type, Object array) {
        String mismatch = mismatch(true, index, type);
        if (mismatch != null) {
            throw new IllegalArgumentException(mismatch + ": give it " + typeOf(true, index) + "[]");
        }
        if (array == null) {
            throw new IllegalArgumentException("the data for '" + inputs[index] + "' is null: give it " + type + "[]");
        }
        long count = 1;
        for (long size : shapes[plan][index]) count *= size;
        if (Array.getLength(array) != count) return false;
        Native.set(handle, index, array);
        return true;
    }

    private String typeOf(boolean isInput, int index) {
        return TYPES[Native.type(live(), isInput, index)];
    }

    private String mismatch(boolean isInput, int index, String type) {
        String actual = typeOf(isInput, index);
        if (actual.equals(type)) return null;
        return "'" + (isInput ? inputs : outputs)[index] + "' holds " + actual + ", not " + type;
    }

    private static String capitalised(String word) {
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }

    /**
     * Chooses a plan in which the input has this shape and, if there is one, the others have theirs. Other inputs keep what
     * they hold where their shapes stay.
     */
    synchronized void resize(int index, long[] shape) {
        live();
        int chosen = planFor(index, shape, true);
        if (chosen < 0) chosen = planFor(index, shape, false);
        if (chosen < 0) throw new IllegalArgumentException(refusal(index, shape));
        if (chosen != plan) {
            int status = Native.select(handle, chosen);
            if (status != OK) throw new IllegalStateException(Native.statusText(status));
            plan = chosen;
        }
        wanted[index] = shape.clone();
    }

    synchronized void run() {
        live();
        if (!matchesWanted(plan, -1)) {
            throw new IllegalStateException("the model was compiled for each of these input shapes, but not for all of"
                    + " them together. Resize each input to the shape it has where the others have theirs");
        }
        int status = Native.run(handle);
        if (status != OK) throw new IllegalStateException(Native.statusText(status));
    }

    /** The plan in use, if it will do, or the first that does; −1 for none. `all`: also for the other inputs' shapes. */
    private int planFor(int index, long[] shape, boolean all) {
        if (does(plan, index, shape, all)) return plan;
        for (int p = 0; p < shapes.length; p++) {
            if (does(p, index, shape, all)) return p;
        }
        return -1;
    }

    private boolean does(int p, int index, long[] shape, boolean all) {
        return Arrays.equals(shapes[p][index], shape) && (!all || matchesWanted(p, index));
    }

    private boolean matchesWanted(int p, int except) {
        for (int i = 0; i < wanted.length; i++) {
            if (i != except && wanted[i] != null && !Arrays.equals(shapes[p][i], wanted[i])) return false;
        }
        return true;
    }

    private String refusal(int index, long[] shape) {
        List<String> known = new ArrayList<>();
        for (long[][] one : shapes) {
            String text = textOf(one[index]);
            if (!known.contains(text)) known.add(text);
        }
        String name = inputs[index];
        String refusal = "input '" + name + "' cannot be " + textOf(shape) + ": the model was compiled for " + listOf(known);
        String remedy = " Compile it with --input-shape " + name + "=" + textOf(shape) + " as well";
        return refusal + "." + (canBeCompiled(shape) ? remedy : " Give it one of these");
    }

    /** Whether a model could be compiled for it, rather than that it is a slip. */
    private static boolean canBeCompiled(long[] shape) {
        if (shape == null || shape.length == 0) return false;
        for (long size : shape) if (size < 1 || size > Integer.MAX_VALUE) return false;
        return true;
    }

    /** "a, b"; Android's String.join is younger than the devices this is for. */
    private static String listOf(List<String> words) {
        StringBuilder list = new StringBuilder();
        for (String word : words) list.append(list.length() == 0 ? "" : ", ").append(word);
        return list.toString();
    }

    /** "1x3x48x192" */
    private static String textOf(long[] shape) {
        if (shape == null) return "null";
        StringBuilder text = new StringBuilder();
        for (long size : shape) text.append(text.length() == 0 ? "" : "x").append(size);
        return text.length() == 0 ? "a scalar" : text.toString();
    }
}
