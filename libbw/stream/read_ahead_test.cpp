#include "stream/read_ahead.h"

#include <atomic>
#include <stdexcept>

#include <doctest/doctest.h>

#include "base/files.h"

using namespace bw;

namespace {

struct Place {
  TemporaryFolder folder;
  git::Repository repository = git::Repository::create(folder.path() / "r.git", true);
};

}  // namespace

TEST_CASE("work that was begun is done once it is finished, by one thread or several") {
  Place place;
  std::vector<git::Oid> blobs;
  for (int i = 0; i < 300; ++i) blobs.push_back(place.repository.write_blob("blob " + std::to_string(i)));
  for (const unsigned threads : {0u, 1u, 2u, 5u}) {
    ReadAhead ahead(place.repository, threads);
    std::vector<std::string> read(blobs.size());
    std::vector<std::shared_ptr<ReadAhead::Job>> jobs;
    for (std::size_t i = 0; i < blobs.size(); ++i) {
      jobs.push_back(ahead.begin([&read, &blobs, i](const git::Repository& repository) {
        read[i] = repository.read_blob(blobs[i], 100);
        // So much that little may be ahead.
        return std::size_t{8} << 20;
      }));
    }
    for (std::size_t i = 0; i < blobs.size(); ++i) {
      ahead.finish(*jobs[i]);
      CHECK(read[i] == "blob " + std::to_string(i));
    }
  }
}

TEST_CASE("what work throws comes out where it is finished, and the rest goes on") {
  Place place;
  for (const unsigned threads : {1u, 3u}) {
    ReadAhead ahead(place.repository, threads);
    std::vector<std::shared_ptr<ReadAhead::Job>> jobs;
    for (int i = 0; i < 20; ++i) {
      jobs.push_back(ahead.begin([i](const git::Repository&) -> std::size_t {
        if (i % 2 == 1) throw std::runtime_error("odd");
        return 1;
      }));
    }
    for (int i = 0; i < 20; ++i) {
      if (i % 2 == 1) {
        CHECK_THROWS_AS(ahead.finish(*jobs[static_cast<std::size_t>(i)]), std::runtime_error);
      } else {
        CHECK_NOTHROW(ahead.finish(*jobs[static_cast<std::size_t>(i)]));
      }
    }
  }
}

TEST_CASE("work that nobody finishes ends with what it was begun for") {
  Place place;
  std::atomic<int> done{0};
  {
    ReadAhead ahead(place.repository, 2);
    for (int i = 0; i < 100; ++i) {
      ahead.begin([&done](const git::Repository&) {
        ++done;
        return std::size_t{16} << 20;
      });
    }
  }
  CHECK(done <= 100);
  const int before = done;
  CHECK(done == before);
}
