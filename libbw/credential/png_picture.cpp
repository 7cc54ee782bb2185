#include "credential/png_picture.h"

#include <csetjmp>
#include <cstdlib>
#include <cstring>

#include "base/error.h"
#include "credential/baking.h"
#include "credential/credential.h"
#include "credential/picture_libraries.h"

namespace bw::credential {
namespace {

// What libpng said, in memory that a long jump leaves alone.
struct Complaint {
  char text[128] = "";
};

void complain(png_structp png, png_const_charp message) {
  auto* complaint = static_cast<Complaint*>(png_get_error_ptr(png));
  std::strncpy(complaint->text, message, sizeof complaint->text - 1);
  png_longjmp(png, 1);
}

void ignore(png_structp /*png*/, png_const_charp /*message*/) {}

struct Input {
  std::string_view rest;
};

void take(png_structp png, png_bytep to, std::size_t size) {
  auto* input = static_cast<Input*>(png_get_io_ptr(png));
  if (input->rest.size() < size) png_error(png, "it ends too early");
  std::memcpy(to, input->rest.data(), size);
  input->rest.remove_prefix(size);
}

void give(png_structp png, png_bytep from, std::size_t size) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(from), size);
}

void flush(png_structp /*png*/) {}

// libpng only warns of a chunk that says it is larger than the limit, and makes room for it before it finds
// that the file is not that long. No chunk is longer than its file, and no row as long as that.
png_voidp allocate(png_structp /*png*/, png_alloc_size_t size) {
  return size <= max_picture_bytes ? std::malloc(size) : nullptr;
}

void release(png_structp /*png*/, png_voidp memory) {
  std::free(memory);
}

struct Reader {
  Complaint complaint;
  png_structp png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, static_cast<void*>(&complaint), &complain, &ignore);
  png_infop info = png != nullptr ? png_create_info_struct(png) : nullptr;

  Reader() = default;
  ~Reader() { png_destroy_read_struct(&png, &info, static_cast<png_infopp>(nullptr)); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // False where libpng complained. `input` outlives the call; all else of the function is its arguments.
  bool read(Input* input) {
    if (info == nullptr) return false;
    // NOLINTNEXTLINE(cert-err52-cpp,modernize-avoid-setjmp-longjmp): it is libpng's way of failing
    if (setjmp(png_jmpbuf(png)) != 0) return false;
    png_set_mem_fn(png, static_cast<png_voidp>(nullptr), &allocate, &release);
    png_set_user_limits(png, max_picture_pixels, max_picture_pixels);
    png_set_chunk_malloc_max(png, png_alloc_size_t{2} * max_text_bytes);
    png_set_read_fn(png, static_cast<void*>(input), &take);
    png_read_png(png, info, PNG_TRANSFORM_IDENTITY, static_cast<png_voidp>(nullptr));
    return true;
  }
};

struct Writer {
  Complaint complaint;
  std::string output;
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, static_cast<void*>(&complaint), &complain, &ignore);

  Writer() = default;
  ~Writer() { png_destroy_write_struct(&png, static_cast<png_infopp>(nullptr)); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Writes what `info` says, which holds the rows as well.
  bool write(png_infop info) {
    if (png == nullptr || info == nullptr) return false;
    // NOLINTNEXTLINE(cert-err52-cpp,modernize-avoid-setjmp-longjmp): it is libpng's way of failing
    if (setjmp(png_jmpbuf(png)) != 0) return false;
    png_set_write_fn(png, static_cast<void*>(&output), &give, &flush);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, static_cast<png_voidp>(nullptr));
    return true;
  }

  // As `write`, for a new picture.
  bool write(png_infop info, png_bytepp rows, unsigned width, unsigned height) {
    if (png == nullptr || info == nullptr) return false;
    // NOLINTNEXTLINE(cert-err52-cpp,modernize-avoid-setjmp-longjmp): it is libpng's way of failing
    if (setjmp(png_jmpbuf(png)) != 0) return false;
    png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_rows(png, info, rows);
    return write(info);
  }
};

// False where there is no memory for it.
bool set_text(Reader& reader, png_textp text) {
  // NOLINTNEXTLINE(cert-err52-cpp,modernize-avoid-setjmp-longjmp): it is libpng's way of failing
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  png_set_text(reader.png, reader.info, text, 1);
  return true;
}

std::string reason_of(const Complaint& complaint) {
  return std::string("not a PNG that can be read: ") + complaint.text;
}

// Empty where it was read.
std::string read_whole(Reader& reader, std::string_view png) {
  if (png.size() > max_picture_bytes) return "the PNG is too large";
  Input input{png};
  return reader.read(&input) ? "" : reason_of(reader.complaint);
}

}  // namespace

Result<std::vector<PngText>> read_png_texts(std::string_view png) {
  Reader reader;
  if (std::string reason = read_whole(reader, png); !reason.empty()) return Reason{std::move(reason)};
  png_textp texts = nullptr;
  int count = 0;
  png_get_text(reader.png, reader.info, &texts, &count);
  std::vector<PngText> found;
  for (int i = 0; i < count; ++i) {
    if (texts[i].compression < PNG_ITXT_COMPRESSION_NONE) continue;  // tEXt and zTXt hold Latin-1
    found.push_back({texts[i].key, std::string(texts[i].text, texts[i].itxt_length)});
  }
  return found;
}

std::string add_png_text(std::string_view png, const PngText& text) {
  Reader reader;
  if (const std::string reason = read_whole(reader, png); !reason.empty()) {
    throw Error(ErrorCode::invalid, reason);
  }
  std::string keyword = text.keyword;
  std::string content = text.text;
  png_text chunk{};
  chunk.compression = PNG_ITXT_COMPRESSION_NONE;
  chunk.key = keyword.data();
  chunk.text = content.data();
  chunk.itxt_length = content.size();
  Writer writer;
  if (!set_text(reader, &chunk) || !writer.write(reader.info)) {
    throw Error(ErrorCode::cannot, std::string("cannot write a PNG: ") + writer.complaint.text);
  }
  return std::move(writer.output);
}

std::string write_png(const std::vector<std::uint8_t>& pixels, unsigned width, unsigned height) {
  if (pixels.size() != std::size_t{4} * width * height || pixels.empty()) {
    throw Error(ErrorCode::usage, "a picture has other pixels than its size says");
  }
  std::vector<std::uint8_t> copy = pixels;  // libpng takes rows that it might change
  std::vector<png_bytep> rows;
  for (unsigned row = 0; row < height; ++row) rows.push_back(copy.data() + std::size_t{4} * width * row);
  Reader holder;  // its info structure, and what frees that
  Writer writer;
  if (!writer.write(holder.info, rows.data(), width, height)) {
    throw Error(ErrorCode::cannot, std::string("cannot write a PNG: ") + writer.complaint.text);
  }
  return std::move(writer.output);
}

}  // namespace bw::credential
