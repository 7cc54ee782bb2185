#include "git/loose_objects.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <zlib.h>

#include "base/files.h"
#include "git/libgit2_functions.h"

namespace bw::git {
namespace {

constexpr std::size_t max_file = std::size_t{1} << 30;
// deflate cannot do better; a header that promises more lies.
constexpr std::size_t best_ratio = 1032;
constexpr std::size_t max_header = 64;

struct LooseObjects : git_odb_backend {
  std::filesystem::path folder;
};

int corrupt(const char* why) {
  git_error_set_str(GIT_ERROR_ZLIB, why);
  return GIT_ERROR;
}

class Inflation {
public:
  explicit Inflation(std::string_view input) {
    started_ = inflateInit(&stream_) == Z_OK;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));  // zlib only reads there
    stream_.avail_in = static_cast<uInt>(input.size());                           // at most max_file
  }
  ~Inflation() {
    if (started_) inflateEnd(&stream_);
  }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;

  // Fills at most `size` bytes; returns how many, or nothing where the stream is damaged.
  std::optional<std::size_t> next(char* output, std::size_t size) {
    if (!started_) return std::nullopt;
    std::size_t filled = 0;
    while (filled < size && !ended_) {
      const std::size_t step = std::min<std::size_t>(size - filled, std::numeric_limits<uInt>::max());
      stream_.next_out = reinterpret_cast<Bytef*>(output + filled);
      stream_.avail_out = static_cast<uInt>(step);
      const int result = inflate(&stream_, Z_NO_FLUSH);
      const std::size_t got = step - stream_.avail_out;
      filled += got;
      ended_ = result == Z_STREAM_END;
      // Z_BUF_ERROR: it wants more input than there is. This is where libgit2 tries again.
      if (result != Z_OK && !ended_) return std::nullopt;
    }
    return filled;
  }
  // Whether the stream ends here, with its checksum, and the input with it.
  bool finish() {
    char more = 0;
    const std::optional<std::size_t> rest = next(&more, 1);
    return rest && *rest == 0 && ended_ && stream_.avail_in == 0;
  }

private:
  z_stream stream_{};
  bool started_ = false;
  bool ended_ = false;
};

struct Header {
  git_object_t type = GIT_OBJECT_INVALID;
  std::size_t size = 0;
  std::size_t length = 0;  // with the zero byte at its end
};

// "<type> <size>\0"
std::optional<Header> parse_header(std::string_view bytes) {
  const std::size_t end = bytes.find('\0');
  const std::size_t space = bytes.find(' ');
  if (end == std::string_view::npos || space > end) return std::nullopt;
  Header header;
  header.type = git_object_string2type(std::string(bytes.substr(0, space)).c_str());
  header.length = end + 1;
  const char* last = bytes.data() + end;
  const auto [stop, error] = std::from_chars(bytes.data() + space + 1, last, header.size);
  if (error != std::errc{} || stop != last || git_object_typeisloose(header.type) != 1) return std::nullopt;
  return header;
}

// With no place for the content: only the header is wanted.
int read_loose(const LooseObjects& objects, const git_oid& oid, git_object_t& type, std::size_t& size,
               void** content) {
  std::array<char, GIT_OID_HEXSZ + 1> hex{};
  git_oid_tostr(hex.data(), hex.size(), &oid);
  const std::string name(hex.data());
  const std::optional<std::string> file =
      read_file_if_exists(objects.folder / name.substr(0, 2) / name.substr(2), max_file);
  if (!file) return GIT_ENOTFOUND;

  Inflation inflation(*file);
  std::array<char, max_header> start{};
  const std::optional<std::size_t> started = inflation.next(start.data(), start.size());
  if (!started) return corrupt("its compressed bytes are damaged");
  const std::optional<Header> header = parse_header({start.data(), *started});
  if (!header) return corrupt("its header is damaged");
  const std::size_t early = *started - header->length;
  if (early > header->size || header->size / best_ratio > file->size() + 1)
    return corrupt("its size is wrong");
  type = header->type;
  size = header->size;
  if (content == nullptr) return GIT_OK;

  auto* bytes = static_cast<char*>(git_odb_backend_data_alloc(const_cast<LooseObjects*>(&objects), size + 1));
  if (bytes == nullptr) return GIT_ERROR;
  std::copy_n(start.data() + header->length, early, bytes);
  const std::optional<std::size_t> rest = inflation.next(bytes + early, size - early);
  if (!rest || *rest != size - early || !inflation.finish()) {
    git_odb_backend_data_free(const_cast<LooseObjects*>(&objects), bytes);
    return corrupt("its compressed bytes are damaged");
  }
  bytes[size] = '\0';
  *content = bytes;
  return GIT_OK;
}

// libgit2 is C: no exception may pass through it.
int guarded(git_odb_backend* backend, const git_oid* oid, git_object_t* type, std::size_t* size,
            void** content) {
  try {
    return read_loose(static_cast<const LooseObjects&>(*backend), *oid, *type, *size, content);
  } catch (const std::exception& error) {
    git_error_set_str(GIT_ERROR_OS, error.what());
    return GIT_ERROR;
  }
}

int read(void** content, std::size_t* size, git_object_t* type, git_odb_backend* backend,
         const git_oid* oid) {
  return guarded(backend, oid, type, size, content);
}

int read_header(std::size_t* size, git_object_t* type, git_odb_backend* backend, const git_oid* oid) {
  return guarded(backend, oid, type, size, nullptr);
}

void release(git_odb_backend* backend) {
  const std::unique_ptr<LooseObjects> owned(static_cast<LooseObjects*>(backend));
}

}  // namespace

git_odb_backend* make_loose_objects(const std::filesystem::path& objects) {
  auto backend = std::make_unique<LooseObjects>();
  git_odb_init_backend(backend.get(), unsigned{GIT_ODB_BACKEND_VERSION});
  backend->folder = objects;
  backend->read = read;
  backend->read_header = read_header;
  backend->free = release;
  return backend.release();
}

}  // namespace bw::git
