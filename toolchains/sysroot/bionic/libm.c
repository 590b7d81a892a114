/* Likewise Android's libm.so. */
#define STUB(name) \
  void name(void) {}

STUB(erff)
STUB(expf)
STUB(floorf)
STUB(fmodf)
STUB(log1pf)
STUB(logf)
STUB(pow)
STUB(powf)
STUB(rintf)
STUB(sqrt)
STUB(sqrtf)
