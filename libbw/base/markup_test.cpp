#include "base/markup.h"

#include <doctest/doctest.h>

using namespace bw;

TEST_CASE("what markup would take for its own is escaped, and nothing else") {
  CHECK(escape_markup("a<b> & \"c\" 'd' 急救") == "a&lt;b&gt; &amp; &quot;c&quot; 'd' 急救");
  CHECK(escape_markup("&amp;") == "&amp;amp;");
  CHECK(escape_markup("").empty());
}
