#pragma once
// A function of a shared library that is loaded when it is first called rather than with the program: what a
// rare command needs costs the others nothing. Names of functions stand as objects of this type, one for
// each, in a header of the floor that calls them (git/libgit2_functions.h).

#include <atomic>

namespace bw {

// `find` gives the address of a function by its name, and throws Error(cannot) where there is none.
template <class Function, void* (*find)(const char*)>
class LateFunction {
public:
  explicit constexpr LateFunction(const char* name) : name_(name) {}
  LateFunction(const LateFunction&) = delete;
  LateFunction& operator=(const LateFunction&) = delete;

  template <class... T>
  auto operator()(T... arguments) const {
    return get()(arguments...);
  }

private:
  Function* get() const {
    Function* function = function_.load(std::memory_order_relaxed);
    if (function == nullptr) {
      function = reinterpret_cast<Function*>(find(name_));
      function_.store(function, std::memory_order_relaxed);
    }
    return function;
  }

  const char* name_;
  mutable std::atomic<Function*> function_ = nullptr;
};

}  // namespace bw
