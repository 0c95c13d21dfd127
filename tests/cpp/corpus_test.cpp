#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "../fuzz/fuzz.hpp"
#include "catch.hpp"

// What the fuzzer keeps: inputs that reach every part, and those that once failed.

namespace {

int replay(const char* target, void (*fuzzed)(fuzz::Bytes)) {
    int inputs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(TASSEI_CORPUS) / target)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::vector<char> letters{std::istreambuf_iterator<char>(file), {}};
        const std::vector<std::uint8_t> bytes(letters.begin(), letters.end());
        INFO(entry.path().filename().string());
        CHECK_NOTHROW(fuzzed(bytes));
        ++inputs;
    }
    return inputs;
}

}  // namespace

TEST_CASE("the corpus of the Arrow consumer") { CHECK(replay("arrow", &fuzz::arrow) >= 10); }
TEST_CASE("the corpus of the plan compiler") { CHECK(replay("plan", &fuzz::plan) >= 10); }
TEST_CASE("the corpus of texts and columns") { CHECK(replay("text", &fuzz::text) >= 10); }
