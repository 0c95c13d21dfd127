#include <limits>

#include "catch.hpp"
#include "streams.hpp"
#include "tassei/column.hpp"
#include "tassei/error.hpp"
#include "tassei/text_index.hpp"

using namespace tassei;
using namespace streams;

namespace {

std::vector<std::string> said(const ArrowColumn& column) {
    TextIndex index;
    std::vector<std::int32_t> codes(static_cast<std::size_t>(column.rows()));
    index.add(column, codes);
    std::vector<std::string> found;
    for (const auto code : codes)
        found.push_back(code < 0 ? "blank" : std::string(index[static_cast<std::size_t>(code)]));
    return found;
}

const std::string longer = "longer than a view holds";

}  // namespace

TEST_CASE("texts of every layout say the same") {
    const Texts cells{"a", {}, longer, "", "責任者", longer + "!"};
    const std::vector<std::string> expected{"a", "blank", longer, "", "責任者", longer + "!"};
    CHECK(said(Producer({"u"}, {texts<std::int32_t>(cells)}).column()) == expected);
    CHECK(said(Producer({"U"}, {texts<std::int64_t>(cells)}).column()) == expected);
    CHECK(said(Producer({"vu"}, {views(cells)}).column()) == expected);
}

TEST_CASE("parts of arrays, and arrays of parts") {
    const Texts cells{"a", {}, "c", longer};
    for (const std::string format : {"u", "vu"}) {
        const auto whole = format == "u" ? texts<std::int32_t>(cells) : views(cells);
        Producer parts({format}, {whole.slice(2, 2), whole.slice(0, 0), whole.slice(1, 2)});
        const auto column = parts.column();
        CHECK(column.rows() == 4);
        CHECK(column.chunks().size() == 2);
        CHECK(said(column) == std::vector<std::string>{"c", longer, "blank", "c"});
    }
}

TEST_CASE("dictionaries differ from chunk to chunk, and hold what nobody says") {
    const auto one = texts<std::int32_t>({"x", "manager", {}});
    const auto other = texts<std::int32_t>({"manager", "member"});
    Producer producer({"C", "u"}, {encoded<std::uint8_t>({1, 1, {}, 2}, one), encoded<std::uint8_t>({0, 1}, other)});
    const auto column = producer.column();
    CHECK(said(column) == std::vector<std::string>{"manager", "manager", "blank", "blank", "manager", "member"});
    TextIndex index;
    std::vector<std::int32_t> codes(6);
    index.add(column, codes);
    CHECK(index.size() == 2);
    CHECK(codes == std::vector<std::int32_t>{0, 0, -1, -1, 0, 1});
}

TEST_CASE("an index beyond its dictionary is refused, where it is looked at") {
    for (const std::optional<std::int8_t> index : {2, -7}) {
        Producer producer({"c", "u"}, {encoded<std::int8_t>({index}, texts<std::int32_t>({"a", "b"}))});
        const auto column = producer.column();
        TextIndex texts_seen;
        std::vector<std::int32_t> codes(1);
        CHECK_THROWS_AS(texts_seen.add(column, codes), EvidenceError);
        CHECK_THROWS_AS(TextColumn(column)[0], EvidenceError);
    }
}

TEST_CASE("whole numbers are the texts that they look like") {
    CHECK(said(Producer({"l"}, {numbers<std::int64_t>({-7, -7, {}, 12})}).column()) ==
          std::vector<std::string>{"-7", "-7", "blank", "12"});
    CHECK(said(Producer({"L"}, {numbers<std::uint64_t>({18446744073709551615U})}).column()) ==
          std::vector<std::string>{"18446744073709551615"});
    Producer fractions({"g"}, {numbers<double>({1.5})});
    const auto column = fractions.column();
    TextIndex index;
    std::vector<std::int32_t> codes(1);
    CHECK_THROWS_AS(index.add(column, codes), EvidenceError);
}

TEST_CASE("numbers and days are seen where they lie") {
    auto array = numbers<std::int32_t>({5, {}, 7, 8});
    const auto* there = static_cast<const std::int32_t*>(array.buffers[1]);
    Producer producer({"i"}, {array.slice(1, 3), array.slice(0, 1)});
    const auto values = producer.column().values();
    CHECK(values.pieces().front().data == there + 1);
    CHECK(values.pieces().back().data == there);
    const NumberColumn seen(values);
    CHECK(seen[0] != seen[0]);
    CHECK(seen[1] == 7);
    CHECK(seen[3] == 5);
    Producer days({"tdD"}, {array});
    const auto column = days.column();
    const DateColumn dates(column.values(), column.format().ticks);
    CHECK(dates[0] == 5);
    CHECK(dates[1] == no_day);
}

TEST_CASE("moments are of the day that they lie in, also before 1970") {
    const std::int64_t day = 86'400;
    const auto first = [&](const std::string& format, std::int64_t ticks) {
        Producer producer({format}, {numbers<std::int64_t>({ticks})});
        const auto column = producer.column();
        return DateColumn(column.values(), column.format().ticks)[0];
    };
    CHECK(first("tss:", 3 * day) == 3);
    CHECK(first("tss:", 3 * day - 1) == 2);
    CHECK(first("tss:", -1) == -1);
    CHECK(first("tss:", -day) == -1);
    CHECK(first("tss:", -day - 1) == -2);
    CHECK(first("tsm:", 3000 * day) == 3);
    CHECK(first("tsu:", 3'000'000 * day + 5) == 3);
    CHECK(first("tsn:", 3'000'000'000 * day) == 3);
    CHECK(first("tdm", 3000 * day) == 3);
    CHECK(first("tss:", std::numeric_limits<std::int64_t>::max()) == std::numeric_limits<Day>::max());
    CHECK(first("tss:", std::numeric_limits<std::int64_t>::min()) > no_day);
}

TEST_CASE("lists have their items one after the other") {
    const auto items = texts<std::int32_t>({"before", "a", "b", "a", "after"}).slice(1, 3);
    Producer producer({"+l", "", "u"}, {lists<>({1, {}, 0, 2}, items), lists<>({1, 1}, items).slice(1, 1)});
    const auto column = producer.column();
    CHECK(said(column.items()) == std::vector<std::string>{"a", "b", "a", "b"});
    std::vector<std::int64_t> sizes;
    column.each_list([&](std::int64_t, bool blank, std::int64_t size) { sizes.push_back(blank ? -1 : size); });
    CHECK(sizes == std::vector<std::int64_t>{1, -1, 0, 2, 1});
    Producer beyond({"+l", "", "u"}, {lists<>({9}, items)});
    CHECK_THROWS_AS(beyond.column(), EvidenceError);
}

TEST_CASE("what is handed over is released, once") {
    Producer producer({"u"}, {texts<std::int32_t>({"a"}), texts<std::int32_t>({}), texts<std::int32_t>({"b"})});
    {
        const auto column = producer.column();
        const auto copy = column;
        CHECK(producer.ledger.released == 1);  // the schema
        CHECK(copy.rows() == 2);
    }
    CHECK(producer.ledger.made == 5);
    CHECK(producer.ledger.released == 5);
}

TEST_CASE("streams that break off or hold no evidence are refused, and released") {
    SECTION("a failure is said in the producer's words") {
        Producer producer({"u"}, {texts<std::int32_t>({"a"})}, "the disk is full");
        CHECK_THROWS_WITH(producer.column(), "the Arrow stream broke off: the disk is full");
        CHECK(producer.ledger.made == producer.ledger.released);
    }
    for (const std::string format : {"z", "n", "b", "d:10,2", "tss:Asia/Tokyo", "+s", "tiM", "", "e?"}) {
        Producer producer({format}, {});
        CHECK_THROWS_AS(producer.column(), EvidenceError);
        CHECK(producer.ledger.made == producer.ledger.released);
    }
    SECTION("a dictionary of numbers") {
        Producer producer({"c", "l"}, {});
        CHECK_THROWS_AS(producer.column(), EvidenceError);
    }
    SECTION("too few buffers") {
        auto array = texts<std::int32_t>({"a"});
        array.buffers.pop_back();
        Producer producer({"u"}, {array});
        CHECK_THROWS_AS(producer.column(), EvidenceError);
    }
    SECTION("a dictionary that is not there") {
        Producer producer({"c", "u"}, {numbers<std::int8_t>({0})});
        CHECK_THROWS_AS(producer.column(), EvidenceError);
    }
    SECTION("a dictionary that is looked up by fractions") {
        Producer producer({"f", "u"}, {});
        CHECK_THROWS_AS(producer.column(), EvidenceError);
    }
    SECTION("lists of lists") {
        Producer producer({"+l", "", "+l"}, {});
        CHECK_THROWS_AS(producer.column(), EvidenceError);
    }
    SECTION("lists without items") {
        auto array = lists<>({0}, texts<std::int32_t>({}));
        array.children.clear();
        Producer producer({"+l", "", "u"}, {array});
        CHECK_THROWS_AS(producer.column(), EvidenceError);
        CHECK(producer.ledger.made == producer.ledger.released);
    }
    SECTION("a stream that was read before") {
        Producer producer({"u"}, {});
        auto given = producer.stream();
        (void)ArrowColumn::take(given);
        CHECK_THROWS_AS(ArrowColumn::take(given), EvidenceError);
        CHECK(producer.ledger.made == producer.ledger.released);
    }
}

TEST_CASE("offsets that fall, and lengths of nothing, are refused") {
    const auto refused = [](const Kind& kind, const Array& array) {
        Producer producer(kind, {array});
        CHECK_THROWS_AS(producer.column(), EvidenceError);
        CHECK(producer.ledger.made == producer.ledger.released);
    };
    const std::vector<std::int32_t> fall{0, 5, 2};
    const std::vector<std::int32_t> negative{-1, 0, 1};
    const std::vector<std::int64_t> wide{0, 5, 2};
    auto array = texts<std::int32_t>({"abc", "de"});
    for (const auto* offsets : {&fall, &negative}) {
        array.buffers[1] = offsets->data();
        refused({"u"}, array);
        auto items = lists<>({1, 1}, texts<std::int32_t>({"a", "b", "c", "d", "e"}));
        items.buffers[1] = offsets->data();
        refused({"+l", "", "u"}, items);
        refused({"c", "u"}, encoded<std::int8_t>({0}, array));
    }
    array.buffers[1] = wide.data();
    refused({"U"}, array);
    array = texts<std::int32_t>({"abc"});
    array.buffers[2] = nullptr;
    refused({"u"}, array);
    array = texts<std::int32_t>({"abc"});
    array.length = -1;
    refused({"u"}, array);
    array.length = 1;
    array.offset = std::numeric_limits<std::int64_t>::max();
    refused({"u"}, array);
}

TEST_CASE("a view beyond its buffers is refused, where it is looked at") {
    const auto refused = [](int field, std::int32_t value) {
        auto array = views({longer});
        auto* const view = static_cast<std::int32_t*>(const_cast<void*>(array.buffers[1]));
        view[field] = value;
        Producer producer({"vu"}, {array});
        const auto column = producer.column();
        CHECK_THROWS_AS(said(column), EvidenceError);
    };
    refused(0, -1);
    refused(0, 1000);
    refused(2, 2);
    refused(2, -1);
    refused(3, 1);
    refused(3, -1);
}

TEST_CASE("texts are no numbers, numbers no texts, and rows are as many as they are") {
    Producer words({"u"}, {texts<std::int32_t>({"a"})});
    const auto text = words.column();
    CHECK_THROWS_AS(text.values(), EvidenceError);
    Producer counts({"i"}, {numbers<std::int32_t>({1})});
    CHECK_THROWS_AS(TextColumn(counts.column()), EvidenceError);
    TextIndex index;
    std::vector<std::int32_t> codes(2);
    CHECK_THROWS_AS(index.add(text, codes), EvidenceError);
}

TEST_CASE("no chunks are no rows") {
    Producer producer({"tdD"}, {});
    const auto column = producer.column();
    CHECK(column.rows() == 0);
    CHECK(column.values().rows() == 0);
    Producer words({"u"}, {});
    CHECK(said(words.column()).empty());
}
