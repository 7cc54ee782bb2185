#pragma once
// Result<T>: what a parser of outside bytes returns: the value, or the reason why there is none.

#include <optional>
#include <string>
#include <utility>

namespace bw {

// A refusal in words: a sentence without a full stop, fit for a person.
struct Reason {
  std::string text;
};

template <class T>
class Result {
public:
  Result(T value) : value_(std::move(value)) {}               // NOLINT(google-explicit-constructor)
  Result(Reason reason) : reason_(std::move(reason.text)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return value_.has_value(); }
  // Only where the result holds a value.
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  const T* operator->() const { return &*value_; }
  // Empty where the result holds a value.
  const std::string& reason() const { return reason_; }

private:
  std::optional<T> value_;
  std::string reason_;
};

}  // namespace bw
