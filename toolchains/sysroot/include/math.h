/* ISO C11, 7.12: what the library calls of it. */
#ifndef EDGE_DEPLOY_SYSROOT_MATH_H
#define EDGE_DEPLOY_SYSROOT_MATH_H

#define INFINITY __builtin_inff()
#define isnormal(x) __builtin_isnormal(x)

double pow(double x, double y), sqrt(double x);
float erff(float x), expf(float x), floorf(float x), fmodf(float x, float y), log1pf(float x), logf(float x);
float powf(float x, float y), rintf(float x), sqrtf(float x);
#endif
