#include "tassei/digest.hpp"

#include <string>

#include "catch.hpp"
#include "streams.hpp"
#include "tassei/error.hpp"

using namespace tassei;

namespace {

std::string hex(std::string_view text, std::size_t size, std::size_t cut) {
    Blake2b hash(size);
    hash.add(text.substr(0, cut));
    hash.add(text.substr(cut));
    std::vector<std::uint8_t> bytes(size);
    hash.finish(bytes);
    std::string shown;
    for (const auto byte : bytes) {
        constexpr auto digits = "0123456789abcdef";
        shown += digits[byte >> 4];
        shown += digits[byte & 15];
    }
    return shown;
}

}  // namespace

TEST_CASE("BLAKE2b is that of RFC 7693") {
    CHECK(hex("abc", 64, 1) ==
          "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
          "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
    CHECK(hex("", 32, 0) == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

TEST_CASE("BLAKE2b does not mind how a text is cut") {
    for (const std::size_t length : {127, 128, 129, 255, 256, 257, 1000}) {
        const std::string text(length, 'x');
        for (const std::size_t cut : {0, 1, 127, 128})
            if (cut <= length) CHECK(hex(text, 32, cut) == hex(text, 32, length));
    }
}

TEST_CASE("the digest of persons minds who there is, not their order") {
    const PersonDigest one{1};
    const PersonDigest two{2};
    const PersonDigest none{};
    const std::vector<PersonDigest> ahead{one, two, none};
    const std::vector<PersonDigest> back{two, one};
    const std::vector<PersonDigest> twice{two, two, one};
    CHECK(digest(ahead) == digest(back));
    CHECK(digest(twice) != digest(back));
}

TEST_CASE("digests of persons need an id for each, and columns that are there") {
    TableData table;
    const std::vector<std::int32_t> persons{0, 1};
    group(table, persons, 2);
    streams::Producer one({"u"}, {streams::texts<std::int32_t>({"P1"})});
    CHECK_THROWS_AS(person_digests(table, TextColumn(one.column()), {}, 1), EvidenceError);
    streams::Producer two({"u"}, {streams::texts<std::int32_t>({"P1", "P2"})});
    const TextColumn ids(two.column());
    CHECK(person_digests(table, ids, {}, 1).size() == 2);
    std::vector<DigestColumn> columns(1);
    for (const int missing : {0, -1}) {
        columns[0].column = missing;
        CHECK_THROWS_AS(person_digests(table, ids, columns, 1), EvidenceError);
    }
}
