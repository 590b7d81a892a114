/* How the C++ layer fails: an exception or, in programs without them, a result that says so and LastError. Never an abort. */
#ifndef EDGE_DEPLOY_ERROR_HPP
#define EDGE_DEPLOY_ERROR_HPP
#include <stdexcept>
#include <string>

/* In Objective-C++ clang sets __EXCEPTIONS for Objective-C's alone. */
#if defined(__cpp_exceptions) || (defined(__EXCEPTIONS) && !defined(__clang__))
#define EDGE_DEPLOY_EXCEPTIONS 1
#else
#define EDGE_DEPLOY_EXCEPTIONS 0
#endif

namespace edge_deploy {

/* What went wrong last on this thread; empty when nothing did. */
inline std::string &last_error() {
  static thread_local std::string text;
  return text;
}

/* Throws std::runtime_error; without exceptions it returns, and its caller returns something harmless. */
inline void fail(const std::string &why) {
  last_error() = why;
#if EDGE_DEPLOY_EXCEPTIONS
  throw std::runtime_error(why);
#endif
}

}  // namespace edge_deploy
#endif
