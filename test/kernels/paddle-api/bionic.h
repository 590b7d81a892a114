/* What Android's C library declares and musl, whose headers stand in for it, does not. */
#include <locale.h>

#ifdef __cplusplus
extern "C" {
#endif
long long strtoll_l(const char *text, char **end, int base, locale_t locale);
unsigned long long strtoull_l(const char *text, char **end, int base, locale_t locale);
#ifdef __cplusplus
}
#endif
