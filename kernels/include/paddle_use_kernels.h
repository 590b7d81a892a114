/* Programs that link Paddle-Lite statically include this to keep its kernels. Nothing has to be kept here. */
#ifndef PADDLE_USE_KERNELS_H
#define PADDLE_USE_KERNELS_H
#endif
