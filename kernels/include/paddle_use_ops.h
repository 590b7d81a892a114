/* Programs that link Paddle-Lite statically include this to keep its operators. Nothing has to be kept here. */
#ifndef PADDLE_USE_OPS_H
#define PADDLE_USE_OPS_H
#endif
