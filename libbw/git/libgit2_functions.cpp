#include "git/libgit2_functions.h"

#include <dlfcn.h>

#include "base/error.h"

// Where libgit2 was built with Mbed TLS (as Debian's is) it reads and decodes every certificate of the system
// when it starts, for connections that we never make: a third of what a short command did. A program that
// exports this function (cli/CMakeLists.txt) has it read none; a connection could then trust nobody.
extern "C" [[gnu::visibility("default")]] int mbedtls_x509_crt_parse_file(void* chain, const char* path);
extern "C" int mbedtls_x509_crt_parse_file(void* /*chain*/, const char* /*path*/) {
  return 0;
}

namespace bw::git {
namespace {

// Never unloaded: handles of ours may be freed when the process ends.
void* open_libgit2() {
  constexpr const char* library = "libgit2.so." LIBGIT2_SOVERSION;
  void* opened = ::dlopen(library, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (opened != nullptr) return opened;
  throw Error(ErrorCode::cannot, std::string("cannot load ") + library + ": " + ::dlerror(),
              "install libgit2 (Debian: libgit2-" LIBGIT2_SOVERSION ")");
}

}  // namespace

void* find_in_libgit2(const char* name) {
  static void* const library = open_libgit2();
  if (void* function = ::dlsym(library, name)) return function;
  throw Error(ErrorCode::cannot, std::string("libgit2 has no function ") + name);
}

}  // namespace bw::git
