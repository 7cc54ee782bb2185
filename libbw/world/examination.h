#pragma once
// Examination: what the parts of the doctor (world/doctor.h) share: where they look, and how they report. For
// doctor*.cpp only.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "world/doctor.h"
#include "world/world.h"

namespace bw {

class Examination {
public:
  Examination(const Environment& of, bool mend) : environment(of), mend_(mend) {}

  const Environment& environment;
  std::vector<Finding> findings;

  // Something that `remedy` puts right; `deed` says so in the past tense ("it was removed"), `plan` in the
  // infinitive ("remove it"). A remedy that throws leaves it as it is, with the reason.
  void found(std::string kind, std::string where, std::string what, std::string deed, std::string plan,
             const std::function<void()>& remedy);
  // Something that a person must decide.
  void left(std::string kind, std::string where, std::string what, std::string advice);

  // Whether there is something of that kind that is not mended.
  bool is_left(std::string_view kind) const;

private:
  bool mend_;
};

// Lock files and temporary files of processes that are gone. (doctor_leftovers.cpp)
void examine_leftovers(Examination& examination, const git::Repository& repository);
// Refs, objects, settings. (doctor_repository.cpp)
void examine_refs(Examination& examination, git::Repository& repository);
void examine_objects(Examination& examination, git::Repository& repository);
void examine_settings(Examination& examination, World& world);
// What of the stream is not as far as it could be. Takes the stream's lock by itself. (doctor.cpp)
void examine_progress(Examination& examination, World& world);
// Journal, caches, and the other files of the user. (doctor_records.cpp)
void examine_journal(Examination& examination, const World& world);
void examine_caches(Examination& examination, const git::Repository& repository);
void examine_records(Examination& examination, const World& world);

}  // namespace bw
