#include <map>
#include <random>

#include "catch.hpp"
#include "streams.hpp"
#include "tassei/text_index.hpp"

using namespace tassei;
using namespace streams;

TEST_CASE("white space around a text is that of Unicode") {
    CHECK(trim(" \t\r\n a b \x1f") == "a b");
    for (const std::string space : {"\u00A0", "\u1680", "\u2003", "\u2028", "\u202F", "\u205F", "\u3000", "\u0085"}) {
        CHECK(trim(space + "山 田" + space + space) == "山 田");
        CHECK(trim(space).empty());
    }
    CHECK(trim("\u200B") == "\u200B");  // a zero-width space is no white space
    CHECK(trim("Ａ") == "Ａ");
    CHECK(trim("").empty());
}

TEST_CASE("an index that trims takes nothing but white space for blank") {
    Producer producer({"u"}, {texts<std::int32_t>({" P1", "P1 ", "　", "", {}, "P2"})});
    const auto column = producer.column();
    std::vector<std::int32_t> codes(6);
    TextIndex trimmed(true);
    trimmed.add(column, codes);
    CHECK(codes == std::vector<std::int32_t>{0, 0, -1, -1, -1, 1});
    TextIndex plain;
    plain.add(column, codes);
    CHECK(codes == std::vector<std::int32_t>{0, 1, 2, 3, -1, 4});
}

TEST_CASE("what was not added is not found") {
    Producer first({"u"}, {texts<std::int32_t>({"a", "b"})});
    Producer second({"u"}, {texts<std::int32_t>({"b", "c", {}, "a", "ab"})});
    TextIndex index;
    std::vector<std::int32_t> codes(2);
    index.add(first.column(), codes);
    codes.resize(5);
    index.find(second.column(), codes);
    CHECK(codes == std::vector<std::int32_t>{1, unknown_text, blank_text, 0, unknown_text});
    CHECK(index.size() == 2);
}

TEST_CASE("a great many texts are numbered as they come, whatever their layout") {
    std::mt19937 random(4);
    Texts cells;
    std::map<std::string, std::int32_t> numbers_of;
    std::vector<std::int32_t> expected;
    for (int i = 0; i < 20'000; ++i) {
        std::string text = std::to_string(random() % 6000);
        if (random() % 3 == 0) text += " and more than a view holds";
        if (random() % 50 == 0) {
            cells.push_back({});
            expected.push_back(blank_text);
            continue;
        }
        for (unsigned again = 0; again <= random() % 3; ++again) {
            cells.push_back(text);
            expected.push_back(numbers_of.try_emplace(text, static_cast<std::int32_t>(numbers_of.size())).first->second);
        }
    }
    const auto rows = static_cast<std::int64_t>(cells.size());
    const auto check = [&](Producer producer) {
        TextIndex index;
        std::vector<std::int32_t> codes(cells.size());
        const auto column = producer.column();
        index.add(column, codes);
        CHECK(codes == expected);
        for (const auto& [text, number] : numbers_of) REQUIRE(index[static_cast<std::size_t>(number)] == text);
        std::vector<std::int32_t> again(cells.size());
        index.find(column, again);
        CHECK(again == expected);
        const TextColumn seen(column);
        for (std::int64_t row = 0; row < rows; ++row) {
            const auto& cell = cells[static_cast<std::size_t>(row)];
            REQUIRE(seen[row] == std::string_view(cell ? *cell : ""));
        }
    };
    check(Producer({"u"}, {texts<std::int32_t>(cells)}));
    check(Producer({"vu"}, {views(cells)}));
    std::vector<Array> parts;
    const auto whole = texts<std::int64_t>(cells);
    for (std::int64_t from = 0; from < rows; from += 777)
        parts.push_back(whole.slice(from, std::min<std::int64_t>(777, rows - from)));
    check(Producer({"U"}, parts));
}

TEST_CASE("texts that come in groups, so many that room is made for them beforehand") {
    Texts cells;
    std::vector<std::int32_t> expected;
    for (int i = 0; i < 70'000; ++i) {
        const int group = i / 7;
        if (i % 1000 == 5) {
            cells.push_back({});
            expected.push_back(blank_text);
        } else {
            cells.push_back("person " + std::to_string(group));
            expected.push_back(group);
        }
    }
    Producer producer({"u"}, {texts<std::int32_t>(cells)});
    TextIndex index;
    std::vector<std::int32_t> codes(cells.size());
    index.add(producer.column(), codes);
    CHECK(codes == expected);
    CHECK(index.size() == 10'000);
}

TEST_CASE("chunks that share a dictionary but not what is blank in it") {
    const auto words = texts<std::int32_t>({"a", "b"});
    auto gap = words;
    const std::uint8_t second_only[] = {0b10};
    gap.buffers[0] = second_only;
    gap.null_count = 1;
    const auto one = encoded<std::int8_t>({0, 1}, words);
    Producer producer({"c", "u"}, {one, one, encoded<std::int8_t>({0, 1}, gap)});
    TextIndex index;
    std::vector<std::int32_t> codes(6);
    index.add(producer.column(), codes);
    CHECK(codes == std::vector<std::int32_t>{0, 1, 0, 1, blank_text, 1});
}
