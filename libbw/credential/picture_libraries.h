#pragma once
// libpng and libexpat, loaded when a picture is first read or drawn (base/late_function.h): a badge is baked
// now and then, and everything else that a program does starts without them. They read hostile bytes, so
// they are the system's shared libraries, which its security updates reach.

#include <expat.h>
#include <png.h>

#include "base/late_function.h"

namespace bw::credential {

// The address of a function. Error(cannot) where the library is not installed.
void* find_in_libpng(const char* name);
void* find_in_libexpat(const char* name);

// NOLINTBEGIN(cppcoreguidelines-macro-usage): only a macro makes a name and its text of one word
#define BW_FROM_LIBPNG(name) inline const LateFunction<decltype(::name), find_in_libpng> name(#name)
BW_FROM_LIBPNG(png_create_info_struct);
BW_FROM_LIBPNG(png_create_read_struct);
BW_FROM_LIBPNG(png_create_write_struct);
BW_FROM_LIBPNG(png_destroy_read_struct);
BW_FROM_LIBPNG(png_destroy_write_struct);
BW_FROM_LIBPNG(png_error);
BW_FROM_LIBPNG(png_get_error_ptr);
BW_FROM_LIBPNG(png_get_io_ptr);
BW_FROM_LIBPNG(png_get_text);
BW_FROM_LIBPNG(png_longjmp);
BW_FROM_LIBPNG(png_read_png);
BW_FROM_LIBPNG(png_set_IHDR);
BW_FROM_LIBPNG(png_set_chunk_malloc_max);
BW_FROM_LIBPNG(png_set_longjmp_fn);
BW_FROM_LIBPNG(png_set_mem_fn);
BW_FROM_LIBPNG(png_set_read_fn);
BW_FROM_LIBPNG(png_set_rows);
BW_FROM_LIBPNG(png_set_text);
BW_FROM_LIBPNG(png_set_user_limits);
BW_FROM_LIBPNG(png_set_write_fn);
BW_FROM_LIBPNG(png_write_png);
#undef BW_FROM_LIBPNG

#define BW_FROM_LIBEXPAT(name) inline const LateFunction<decltype(::name), find_in_libexpat> name(#name)
BW_FROM_LIBEXPAT(XML_ErrorString);
BW_FROM_LIBEXPAT(XML_GetCurrentByteCount);
BW_FROM_LIBEXPAT(XML_GetCurrentByteIndex);
BW_FROM_LIBEXPAT(XML_GetErrorCode);
BW_FROM_LIBEXPAT(XML_Parse);
BW_FROM_LIBEXPAT(XML_ParserCreateNS);
BW_FROM_LIBEXPAT(XML_ParserFree);
BW_FROM_LIBEXPAT(XML_SetCharacterDataHandler);
BW_FROM_LIBEXPAT(XML_SetElementHandler);
BW_FROM_LIBEXPAT(XML_SetStartDoctypeDeclHandler);
BW_FROM_LIBEXPAT(XML_SetUserData);
BW_FROM_LIBEXPAT(XML_StopParser);
#undef BW_FROM_LIBEXPAT
// NOLINTEND(cppcoreguidelines-macro-usage)

}  // namespace bw::credential
