// SPDX-License-Identifier: Apache-2.0

/** Threads that make garbage, and memory of their own beside the heap, until they are killed. */
final class Garbage {
    public static void main(String[] args) throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            new Thread(Garbage::work).start();
        }
        while (true) {
            Thread begun = new Thread(() -> { });
            begun.start();
            begun.join();
        }
    }

    private static void work() {
        byte[][] kept = new byte[16][];
        java.nio.ByteBuffer beside = null;
        for (int i = 0; ; i++) {
            kept[i % kept.length] = new byte[1 + i * 7919 % 1_000_000];
            if (i % 10 == 0) {
                beside = java.nio.ByteBuffer.allocateDirect(1 + i % 500_000);
            }
            beside.put(0, kept[i % kept.length][0]);
        }
    }
}
