#include "world/quarantine.h"

#include <algorithm>

#include "base/error.h"
#include "git/transport.h"
#include "world/home.h"

namespace bw {
namespace {

// Calls `use` with a few of the refs at a time.
template <class Use>
void in_portions(const std::vector<std::string>& refs, const Use& use) {
  for (std::size_t at = 0; at < refs.size(); at += refs_per_command) {
    const auto begin = refs.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = refs.begin() + static_cast<std::ptrdiff_t>(std::min(refs.size(), at + refs_per_command));
    use(std::vector<std::string>(begin, end));
  }
}

// Under the names that they have there.
std::vector<std::string> refspecs(const std::vector<std::string>& refs) {
  std::vector<std::string> specs;
  specs.reserve(refs.size());
  for (const std::string& ref : refs) specs.push_back("+" + ref + ":" + ref);
  return specs;
}

}  // namespace

void Quarantine::fetch(const std::vector<std::string>& refs) {
  if (refs.empty()) return;
  if (!repository_) {
    folder_.emplace();
    repository_ = git::Repository::create(folder_->path() / "quarantine.git", true);
  }
  const auto bring = [&](const std::vector<std::string>& wanted) {
    git::fetch(*repository_, from_, refspecs(wanted), transport_options(environment_));
  };
  in_portions(refs, [&](const std::vector<std::string>& portion) {
    try {
      bring(portion);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::invalid) throw;
      // One of them holds objects that git does not take; the others shall not suffer from it.
      for (const std::string& ref : portion) {
        try {
          bring({ref});
        } catch (const Error& alone) {
          if (alone.code() != ErrorCode::invalid) throw;
        }
      }
    }
  });
}

void Quarantine::release(const git::Repository& into, const std::vector<std::string>& refs) const {
  if (refs.empty()) return;
  const auto here = git::RemoteUrl::parse(repository_->git_folder().string());
  if (!here) throw Error(ErrorCode::cannot, "the temporary folder has a name that git cannot be given");
  in_portions(refs, [&](const std::vector<std::string>& portion) {
    git::fetch(into, *here, portion, transport_options(environment_));
  });
}

}  // namespace bw
