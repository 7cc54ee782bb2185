#pragma once
// Runs the installed `git` against a remote, shut against what a hostile remote, address or
// surrounding environment could make it do. For the sources of this folder.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/process.h"
#include "git/transport.h"

namespace bw::git {

// The command that run_git runs.
Command git_command(const Repository* repository, const std::vector<std::string>& settings,
                    const std::vector<std::string>& arguments, const TransportOptions& options);
// `git <settings> <arguments>`, in `repository` where there is one. Error(cannot) where git is not
// installed or takes too long; its exit code is the caller's to read.
Finished run_git(const Repository* repository, const std::vector<std::string>& settings,
                 const std::vector<std::string>& arguments, const TransportOptions& options);

// Error(usage) where `url` is a relative path.
void require_absolute(const RemoteUrl& url);

// The failure of a command that talked to `url`: git's reason, and what its user can do.
// `action`: "fetch from".
Error transport_error(const std::string& action, const RemoteUrl& url, const Finished& finished);

// The line of git's error output that says why; never the advice that follows it.
std::string reason_in(std::string_view error_output);

}  // namespace bw::git
