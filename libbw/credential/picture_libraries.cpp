#include "credential/picture_libraries.h"

#include <string>

#include <dlfcn.h>

#include "base/error.h"

namespace bw::credential {
namespace {

// The names of the versions whose headers these sources were compiled with.
constexpr const char* libpng = "libpng16.so.16";
constexpr const char* libexpat = "libexpat.so.1";
static_assert(PNG_LIBPNG_VER_SONUM == 16 && XML_MAJOR_VERSION == 2);

void* open_library(const char* library) {
  void* opened = ::dlopen(library, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (opened != nullptr) return opened;
  throw Error(ErrorCode::cannot, std::string("cannot load ") + library + ": " + ::dlerror(),
              "install libpng and libexpat (Debian: libpng16-16 libexpat1)");
}

void* find(void* library, const char* name) {
  if (void* function = ::dlsym(library, name)) return function;
  throw Error(ErrorCode::cannot, std::string("there is no function ") + name + " in the library installed");
}

}  // namespace

void* find_in_libpng(const char* name) {
  static void* const library = open_library(libpng);
  return find(library, name);
}

void* find_in_libexpat(const char* name) {
  static void* const library = open_library(libexpat);
  return find(library, name);
}

}  // namespace bw::credential
