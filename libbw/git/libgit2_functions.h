#pragma once
// libgit2, loaded when its first function is called rather than with the program: it brings nineteen other
// libraries (Kerberos, TLS, SSH, HTTP: what its own transports need, which we do not use), and loading
// them takes 2 ms, four times as long as all else that a short command does at its start.
//
// Each function that the sources of this folder call is named here once; inside bw::git the name then
// means this object, which looks the function up where it is first called.

#include <git2.h>
#include <git2/sys/odb_backend.h>

#include "base/late_function.h"

namespace bw::git {

// The address of a function of libgit2. Error(cannot) where the library is not installed.
void* find_in_libgit2(const char* name);

template <class Function>
using FromLibgit2 = LateFunction<Function, find_in_libgit2>;

// NOLINTBEGIN(cppcoreguidelines-macro-usage): only a macro makes a name and its text of one word
#define BW_FROM_LIBGIT2(name) inline const FromLibgit2<decltype(::name)> name(#name)
BW_FROM_LIBGIT2(git_buf_dispose);
BW_FROM_LIBGIT2(git_checkout_tree);
BW_FROM_LIBGIT2(git_config_delete_entry);
BW_FROM_LIBGIT2(git_config_delete_multivar);
BW_FROM_LIBGIT2(git_config_entry_free);
BW_FROM_LIBGIT2(git_config_free);
BW_FROM_LIBGIT2(git_config_get_entry);
BW_FROM_LIBGIT2(git_config_iterator_free);
BW_FROM_LIBGIT2(git_config_iterator_new);
BW_FROM_LIBGIT2(git_config_next);
BW_FROM_LIBGIT2(git_config_open_level);
BW_FROM_LIBGIT2(git_config_set_string);
BW_FROM_LIBGIT2(git_diff_free);
BW_FROM_LIBGIT2(git_diff_get_delta);
BW_FROM_LIBGIT2(git_diff_num_deltas);
BW_FROM_LIBGIT2(git_diff_tree_to_index);
BW_FROM_LIBGIT2(git_error_last);
BW_FROM_LIBGIT2(git_error_set_str);
BW_FROM_LIBGIT2(git_graph_descendant_of);
BW_FROM_LIBGIT2(git_index_add_bypath);
BW_FROM_LIBGIT2(git_index_free);
BW_FROM_LIBGIT2(git_index_new);
BW_FROM_LIBGIT2(git_index_remove_bypath);
BW_FROM_LIBGIT2(git_index_write);
BW_FROM_LIBGIT2(git_libgit2_init);
BW_FROM_LIBGIT2(git_libgit2_opts);
BW_FROM_LIBGIT2(git_merge_base);
BW_FROM_LIBGIT2(git_object_string2type);
BW_FROM_LIBGIT2(git_object_type2string);
BW_FROM_LIBGIT2(git_object_typeisloose);
BW_FROM_LIBGIT2(git_odb_add_backend);
BW_FROM_LIBGIT2(git_odb_backend_data_alloc);
BW_FROM_LIBGIT2(git_odb_backend_data_free);
BW_FROM_LIBGIT2(git_odb_exists);
BW_FROM_LIBGIT2(git_odb_free);
BW_FROM_LIBGIT2(git_odb_init_backend);
BW_FROM_LIBGIT2(git_odb_object_data);
BW_FROM_LIBGIT2(git_odb_object_free);
BW_FROM_LIBGIT2(git_odb_object_size);
BW_FROM_LIBGIT2(git_odb_read);
BW_FROM_LIBGIT2(git_odb_read_header);
BW_FROM_LIBGIT2(git_odb_set_commit_graph);
BW_FROM_LIBGIT2(git_odb_write);
BW_FROM_LIBGIT2(git_oid_tostr);
BW_FROM_LIBGIT2(git_reference_create);
BW_FROM_LIBGIT2(git_reference_create_matching);
BW_FROM_LIBGIT2(git_reference_free);
BW_FROM_LIBGIT2(git_reference_iterator_free);
BW_FROM_LIBGIT2(git_reference_iterator_glob_new);
BW_FROM_LIBGIT2(git_reference_lookup);
BW_FROM_LIBGIT2(git_reference_name_to_id);
BW_FROM_LIBGIT2(git_reference_next_name);
BW_FROM_LIBGIT2(git_reference_remove);
BW_FROM_LIBGIT2(git_reference_symbolic_target);
BW_FROM_LIBGIT2(git_repository_commondir);
BW_FROM_LIBGIT2(git_repository_config);
BW_FROM_LIBGIT2(git_repository_discover);
BW_FROM_LIBGIT2(git_repository_free);
BW_FROM_LIBGIT2(git_repository_hashfile);
BW_FROM_LIBGIT2(git_repository_index);
BW_FROM_LIBGIT2(git_repository_init_ext);
BW_FROM_LIBGIT2(git_repository_is_shallow);
BW_FROM_LIBGIT2(git_repository_odb);
BW_FROM_LIBGIT2(git_repository_open_ext);
BW_FROM_LIBGIT2(git_repository_workdir);
BW_FROM_LIBGIT2(git_revwalk_free);
BW_FROM_LIBGIT2(git_revwalk_hide);
BW_FROM_LIBGIT2(git_revwalk_new);
BW_FROM_LIBGIT2(git_revwalk_next);
BW_FROM_LIBGIT2(git_revwalk_push);
BW_FROM_LIBGIT2(git_revwalk_sorting);
BW_FROM_LIBGIT2(git_status_list_entrycount);
BW_FROM_LIBGIT2(git_status_list_free);
BW_FROM_LIBGIT2(git_status_list_new);
BW_FROM_LIBGIT2(git_tree_free);
BW_FROM_LIBGIT2(git_tree_lookup);
#undef BW_FROM_LIBGIT2
// NOLINTEND(cppcoreguidelines-macro-usage)

}  // namespace bw::git
