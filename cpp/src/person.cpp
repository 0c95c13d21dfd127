#include "person.hpp"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

#include "tassei/statistics.hpp"
#include "wide.hpp"

namespace tassei {
namespace {

std::vector<Word> bitset(std::size_t size) { return std::vector<Word>((size + bits - 1) / bits); }

void set_bit(std::vector<Word>& words, std::size_t i) { words[i / bits] |= Word{1} << (i % bits); }

void unite_bits(std::vector<Word>& words, const std::vector<Word>& more) {
    for (std::size_t w = 0; w < words.size(); ++w) words[w] |= more[w];
}

bool has_bit(const std::vector<Word>& words, std::size_t i) { return (words[i / bits] >> (i % bits)) & 1; }

/// The class of a number, as the tables of its column count them: 0 is blank, then two classes a cut,
/// below it and on it.
std::size_t class_of(double x, std::span<const double> cuts) {
    if (x != x) return 0;
    std::size_t code = 1;
    for (const double cut : cuts) code += std::size_t{x > cut} + std::size_t{x >= cut};
    return code;
}

/// What a sheet comes to, by what its criteria say and by what it is deemed to be.
std::pair<Truth, Basis> outcome(Truth evidenced, Truth deemed) {
    return {evidenced | deemed, evidenced == Truth::yes ? Basis::evidenced
                                : deemed == Truth::yes  ? Basis::deemed
                                                        : Basis::none};
}

}  // namespace

PersonEvaluator::PersonEvaluator(const Plan& plan, const Evidence& evidence, const Options& options,
                                 const Lookup& lookup, std::span<const Sight> sights)
    : plan_(plan),
      evidence_(evidence),
      options_(options),
      lookup_(lookup),
      sights_(sights),
      tables_(evidence.tables.size()),
      banks_(plan.banks.size()),
      tallies_(plan.banks.size()),
      quantities_(plan.aggregates.size()),
      criteria_(plan.criteria.size()),
      gained_(plan.criteria.size()),
      status_(plan.sheets.size()),
      basis_(plan.sheets.size()) {
    for (std::size_t t = 0; t < evidence.tables.size(); ++t)
        clocks_.emplace_back(plan.framework, t, evidence.tables[t], options);
    for (std::size_t t = 0; t < evidence.tables.size(); ++t) {
        const int identity = plan.framework.tables[t].identity;
        if (evidence.tables[t].supplied && identity >= 0)
            tables_[t].identity =
                std::get_if<IdentityColumn>(&evidence.tables[t].columns[static_cast<std::size_t>(identity)]);
    }
    for (auto& tally : tallies_) {
        tally.united.resize(bits);
        tally.summed.resize(bits);
        tally.longest.resize(bits);
        tally.counted.resize(bits);
    }
    link();
    for (std::size_t a = 0; a < quantities_.size(); ++a) {
        const auto& aggregate = plan.aggregates[a];
        if (!evidence.tables[static_cast<std::size_t>(aggregate.table)].supplied)
            quantities_[a] = {options.takes_as_filled(aggregate.table, 0) ? aggregate.most : 0, aggregate.most};
    }
    for (std::size_t c = 0; c < criteria_.size(); ++c)
        if (only_aggregate_[c] >= 0) {
            const auto range = quantities_[static_cast<std::size_t>(only_aggregate_[c])];
            criteria_[c] = {range, reaches(range, plan.criteria[c].required)};
            set(c, criteria_[c].truth);
        }
    std::ranges::fill(touched_composed_, ~Word{0});
    std::ranges::fill(touched_deemed_, ~Word{0});
    for (std::size_t c = 0; c < gained_.size(); ++c)
        gained_[c] = plan.weights[c] * progress_of(criteria_[c].range.low, plan.criteria[c].required);
    for (const int sheet : plan.order) judge(sheet);
    for (auto& judging : judging_) {
        Truth deemed = Truth::no;
        for (const int node : plan.sheets[static_cast<std::size_t>(&judging - judging_.data())].deemed_by)
            deemed = deemed | find(node).truth;
        judging.nobody_deemed = deemed;
    }
    std::ranges::fill(touched_composed_, 0);
    std::ranges::fill(touched_deemed_, 0);
    nobody_quantities_ = quantities_;
    nobody_criteria_ = criteria_;
    nobody_met_ = met_;
    nobody_open_ = open_;
    nobody_status_ = status_;
    nobody_basis_ = basis_;
    nobody_gained_ = gained_;
    weigh();
    completed_ = true;
}

/// The aggregates and sheets that a node looks at.
void PersonEvaluator::depend(int index, std::vector<int>& aggregates, std::vector<int>& sheets) const {
    const auto& node = plan_.nodes[static_cast<std::size_t>(index)];
    if (node.kind == PlanNode::Kind::aggregate) aggregates.push_back(node.index);
    if (node.kind == PlanNode::Kind::other_sheet) sheets.push_back(node.index);
    for (int i = 0; i < node.children; ++i)
        depend(plan_.children[static_cast<std::size_t>(node.first_child + i)], aggregates, sheets);
}

void PersonEvaluator::link() {
    const auto size = plan_.criteria.size();
    std::size_t next = 0;
    for (const auto& sheet : plan_.sheets) {
        // in one word if it can be
        const auto many = static_cast<std::size_t>(sheet.criteria);
        if (many <= bits && next % bits + many > bits) next += bits - next % bits;
        for (std::size_t i = 0; i < many; ++i) place_.push_back(next++);
    }
    met_ = open_ = bitset(next);
    touched_composed_ = bitset(size);
    touched_deemed_ = touched_sheets_ = measured_ = bitset(plan_.sheets.size());
    judging_.resize(plan_.sheets.size());
    plain_.resize(plan_.sheets.size());
    direct_.resize(plan_.aggregates.size());
    const auto of_sheets = bitset(plan_.sheets.size());
    reach_.assign(plan_.banks.size() * bits, {{}, bitset(size), of_sheets, of_sheets, of_sheets});
    std::vector<bool> composed_of(plan_.aggregates.size());
    const auto place = [&](int aggregate) {
        const auto& a = plan_.aggregates[static_cast<std::size_t>(aggregate)];
        return static_cast<std::size_t>(a.bank * bits + a.lane);
    };

    for (std::size_t c = 0; c < size; ++c) {
        const auto& node = plan_.nodes[static_cast<std::size_t>(plan_.criteria[c].node)];
        const bool alone = node.kind == PlanNode::Kind::aggregate && node.children == 0;
        only_aggregate_.push_back(alone ? node.index : -1);
        if (!alone) continue;
        const bool simple = plan_.aggregates[static_cast<std::size_t>(node.index)].kind == AggregateKind::some;
        if (simple) simple_.push_back(static_cast<int>(c));
        else direct_[static_cast<std::size_t>(node.index)].push_back(static_cast<int>(c));
    }
    for (std::size_t s = 0; s < plan_.sheets.size(); ++s) {
        const auto& sheet = plan_.sheets[s];
        auto& judging = judging_[s];
        const auto look = [&](int node, const auto& mark) {
            std::vector<int> aggregates;
            std::vector<int> others;
            depend(node, aggregates, others);
            judging.refers = judging.refers || !others.empty();
            for (const int a : aggregates) {
                composed_of[static_cast<std::size_t>(a)] = true;
                mark(reach_[place(a)]);
            }
        };
        for (int c = sheet.first_criterion; c < sheet.first_criterion + sheet.criteria; ++c) {
            const auto i = static_cast<std::size_t>(c);
            if (judging.pieces.empty() || judging.pieces.back().word != place_[i] / bits)
                judging.pieces.push_back({place_[i] / bits, 0});
            judging.pieces.back().mask |= Word{1} << (place_[i] % bits);
            if (only_aggregate_[i] >= 0) {
                set_bit(reach_[place(only_aggregate_[i])].measured, s);
                continue;
            }
            judging.composed.push_back(c);
            look(plan_.criteria[i].node, [&](Reach& reach) {
                set_bit(reach.composed, i);
                set_bit(reach.measured, s);
                set_bit(reach.judged, s);
                reach.judges = true;
            });
        }
        for (const int node : sheet.deemed_by)
            look(node, [&](Reach& reach) {
                set_bit(reach.deemed, s);
                set_bit(reach.judged, s);
                reach.judges = true;
            });
    }

    const auto words = met_.size();
    for (std::size_t b = 0; b < plan_.banks.size(); ++b) {
        auto& meaning = meanings_.emplace_back();
        const auto bytes = (static_cast<std::size_t>(plan_.banks[b].lanes) + 7) / 8;
        meaning.criteria.assign(bytes * words, ByteTable{});
    }
    for (std::size_t a = 0; a < plan_.aggregates.size(); ++a) {
        const auto& aggregate = plan_.aggregates[a];
        auto& meaning = meanings_[static_cast<std::size_t>(aggregate.bank)];
        if (aggregate.kind != AggregateKind::some || composed_of[a]) {
            meaning.quantities |= Word{1} << aggregate.lane;
            reach_[place(static_cast<int>(a))].feeds.push_back(feed(static_cast<int>(a)));
        }
    }
    for (auto& tally : tallies_)
        tally.kinds.assign(tally.kind_columns.size(), std::vector<Kinds>(bits));
    for (const int c : simple_) {
        const auto i = static_cast<std::size_t>(c);
        const auto& aggregate = plan_.aggregates[static_cast<std::size_t>(only_aggregate_[i])];
        const auto lane = static_cast<std::size_t>(aggregate.lane);
        auto& table =
            meanings_[static_cast<std::size_t>(aggregate.bank)].criteria[lane / 8 * words + place_[i] / bits];
        for (std::size_t value = 0; value < 256; ++value)
            if ((value >> (lane % 8)) & 1) table[value] |= Word{1} << (place_[i] % bits);
    }
}

PersonEvaluator::Feed PersonEvaluator::feed(int index) {
    const auto at = static_cast<std::size_t>(index);
    const auto& aggregate = plan_.aggregates[at];
    Feed made{at, static_cast<std::size_t>(aggregate.bank), static_cast<std::size_t>(aggregate.lane), aggregate.kind,
              0, aggregate.most, {}};
    if (aggregate.kind == AggregateKind::kinds) {
        auto& columns = tallies_[made.bank].kind_columns;
        made.column = static_cast<std::size_t>(std::ranges::find(columns, aggregate.column) - columns.begin());
        if (made.column == columns.size()) columns.push_back(aggregate.column);
    }
    for (const int c : direct_[at]) {
        const auto criterion = static_cast<std::size_t>(c);
        made.direct.push_back({criterion, plan_.criteria[criterion].required, plan_.weights[criterion]});
    }
    return made;
}

/// Prepares the scores: a sheet's weighted mean of progress, in sums of up to six yes-or-no criteria.
void PersonEvaluator::weigh() {
    constexpr int most = 6;
    for (std::size_t s = 0; s < plan_.sheets.size(); ++s) {
        auto& judging = judging_[s];
        const auto& sheet = plan_.sheets[s];
        int taken = most;
        for (int c = sheet.first_criterion; c < sheet.first_criterion + sheet.criteria; ++c) {
            const auto i = static_cast<std::size_t>(c);
            if (taken == most || place_[i] % bits == 0) {
                judging.weighed.push_back({place_[i] / bits, static_cast<int>(place_[i] % bits), 0, {}});
                taken = 0;
            }
            auto& part = judging.weighed.back();
            const auto bit = std::size_t{1} << taken++;
            part.mask |= bit;
            const int only = only_aggregate_[i];
            if (only < 0 || plan_.aggregates[static_cast<std::size_t>(only)].kind != AggregateKind::some) {
                judging.quantities.push_back(c);
                continue;
            }
            for (std::size_t value = 0; value < part.sum.size(); ++value)
                if (value & bit) part.sum[value] += plan_.weights[i];
        }
        judging.total = 0;
        for (const int c : judging.quantities) judging.total += plan_.weights[static_cast<std::size_t>(c)];
        for (const auto& part : judging.weighed) judging.total += part.sum[part.mask];
        judging.nobody_measured = measured(judging);
        if (judging.refers || judging.weighed.size() != 1 || judging.pieces.size() != 1) continue;
        const auto& part = judging.weighed.front();
        auto& plain = plain_[s];
        plain.word = part.word;
        plain.shift = part.shift;
        plain.mask = part.mask << part.shift;
        for (std::size_t value = 0; value < plain.score.size(); ++value)
            plain.score[value] = judging.score_of(judging.nobody_measured + part.sum[value]);
        for (const auto evidenced : {Truth::no, Truth::unknown, Truth::yes}) {
            const auto i = static_cast<std::size_t>(evidenced);
            std::tie(plain.status[i], plain.basis[i]) = outcome(evidenced, judging.nobody_deemed);
        }
    }
}

double PersonEvaluator::measured(const Judging& judging) const {
    double sum = 0;
    for (const int c : judging.quantities) sum += gained_[static_cast<std::size_t>(c)];
    return sum;
}

void PersonEvaluator::score(double* scores) const {
    for (std::size_t s = 0; s < plain_.size(); ++s) {
        const auto& plain = plain_[s];
        const bool as_nobody = !has_bit(measured_, s);
        if (as_nobody && plain.mask != 0) {
            scores[s] = plain.score[(met_[plain.word] & plain.mask) >> plain.shift];
            continue;
        }
        const auto& judging = judging_[s];
        double sum = as_nobody ? judging.nobody_measured : measured(judging);
        for (const auto& part : judging.weighed) sum += part.sum[(met_[part.word] >> part.shift) & part.mask];
        scores[s] = judging.score_of(sum);
    }
}

/// Fills in what `evaluate` leaves out: findings of criteria that just ask for some record.
void PersonEvaluator::complete() const {
    if (completed_) return;
    completed_ = true;
    for (std::size_t a = 0; a < quantities_.size(); ++a) {
        const auto& aggregate = plan_.aggregates[a];
        if (aggregate.kind != AggregateKind::some) continue;
        const auto& tally = tallies_[static_cast<std::size_t>(aggregate.bank)];
        if ((tally.possible >> aggregate.lane) & 1) {
            quantities_[a] = {static_cast<double>((tally.certain >> aggregate.lane) & 1), 1.0};
            touched_somes_.push_back(a);
        }
    }
    for (std::size_t c = 0; c < criteria_.size(); ++c) {
        if (only_aggregate_[c] < 0) continue;
        const auto range = quantities_[static_cast<std::size_t>(only_aggregate_[c])];
        criteria_[c] = {range, reaches(range, plan_.criteria[c].required)};
    }
}

void PersonEvaluator::read(std::int64_t first_person, std::int64_t last_person) {
    for (std::size_t t = 0; t < tables_.size(); ++t)
        if (evidence_.tables[t].supplied) read_table(t, first_person, last_person);
    for (std::size_t b = 0; b < banks_.size(); ++b)
        if (evidence_.tables[static_cast<std::size_t>(plan_.banks[b].table)].supplied)
            read_bank(b);
}

void PersonEvaluator::read_table(std::size_t table, std::int64_t first, std::int64_t last) {
    const auto& data = evidence_.tables[table];
    auto& read = tables_[table];
    read.first = data.first[static_cast<std::size_t>(first)];
    read.size = static_cast<std::size_t>(data.first[static_cast<std::size_t>(last)] - read.first);
    const auto unseen = [&](const Bank& bank) {
        return bank.table == static_cast<int>(table) && sight(bank) == nullptr;
    };
    if (std::ranges::none_of(plan_.banks, unseen)) return;
    const auto records = Records::at_places(data, read.first, read.size);
    clocks_[table].read(records, read.dates);
    read.counts.resize(read.size);
    clocks_[table].counts(records, read.dates, read.counts);
    const auto filled = static_cast<std::size_t>(filled_place_ - read.first);
    if (filled_table_ == static_cast<int>(table) && filled < read.counts.size() &&
        read.counts[filled] == Truth::unknown)
        read.counts[filled] = Truth::yes;
}

/// What was seen of a bank's rows beforehand, or nullptr.
const Sight* PersonEvaluator::sight(const Bank& bank) const {
    const auto index = static_cast<std::size_t>(&bank - plan_.banks.data());
    return index < sights_.size() && sights_[index].width > 0 ? &sights_[index] : nullptr;
}

void PersonEvaluator::read_bank(std::size_t index) {
    const auto& bank = plan_.banks[index];
    const auto& data = evidence_.tables[static_cast<std::size_t>(bank.table)];
    auto& table = tables_[static_cast<std::size_t>(bank.table)];
    const auto& factors = lookup_.banks[index].factors;
    auto& records = banks_[index];
    records.resize(table.size);
    auto* const to = records.data();
    const auto keep = [](WordPair& lanes, Truth counts) {
        lanes.certain &= Word{0} - Word{counts == Truth::yes};
        lanes.possible &= Word{0} - Word{counts != Truth::no};
    };
    if (const auto* seen = sight(bank)) {
        constexpr std::size_t ahead = 32;
        const auto* const rows = data.order.data() + table.first;
        for (std::size_t i = 0; i < table.size; ++i) {
            if (i + ahead < table.size) TASSEI_READ_SOON((*seen)[rows[i + ahead]]);
            const auto* places = (*seen)[rows[i]];
            auto lanes = factors[0].lanes[places[0]];
            for (std::size_t f = 1; f < factors.size(); ++f) lanes &= factors[f].lanes[places[f]];
            keep(lanes, static_cast<Truth>(places[factors.size()]));
            to[i] = lanes;
        }
        // fetched from here and there, for the few that matter; all at once, so that one need not wait for another
        const Word timed = bank.timed();
        if (timed == 0) return;
        table.dates.start.resize(table.size);
        table.dates.end.resize(table.size);
        for (std::size_t i = 0; i < table.size; ++i)
            if ((to[i].possible & timed) != 0)
                std::tie(table.dates.start[i], table.dates.end[i]) =
                    clocks_[static_cast<std::size_t>(bank.table)].dates(rows[i]);
        return;
    }
    for (const auto& factor : factors) {
        const auto found = find_places_(factor, bank, Records::at_places(data, table.first, table.size));
        const auto* places = found.data();
        const auto* lanes = factor.lanes.data();
        if (&factor == factors.data())
            for (std::size_t i = 0; i < table.size; ++i) to[i] = lanes[places[i]];
        else
            for (std::size_t i = 0; i < table.size; ++i) to[i] &= lanes[places[i]];
    }
    if (factors.empty()) terms_then_lanes(index);
    const auto filled = static_cast<std::size_t>(filled_place_ - table.first);
    if (filled_table_ == bank.table && filled < table.size) to[filled].certain = to[filled].possible;
    for (std::size_t i = 0; i < table.size; ++i) keep(to[i], table.counts[i]);
}

/// The way without factors: column by column which terms live on, then which lanes they open.
void PersonEvaluator::terms_then_lanes(std::size_t index) {
    const auto& bank = plan_.banks[index];
    const auto& data = evidence_.tables[static_cast<std::size_t>(bank.table)];
    auto& records = banks_[index];
    const auto rows =
        Records::at_places(data, tables_[static_cast<std::size_t>(bank.table)].first, records.size());
    std::ranges::fill(records, WordPair{});
    for (std::size_t c = 0; c < bank.columns.size(); ++c) {
        const auto& tests = bank.columns[c];
        const auto& column = data.columns[static_cast<std::size_t>(tests.column)];
        const auto* survivors = lookup_.banks[index].survivors[c].data();
        const auto keep = [&](std::size_t i, std::size_t code) { records[i] &= survivors[code]; };
        if (const auto* numbers = std::get_if<NumberColumn>(&column))
            for (std::size_t i = 0; i < records.size(); ++i)
                keep(i, class_of((*numbers)[rows.row(i)], tests.cuts));
        else
            each_code(rows, column, [&](std::size_t i, auto code) { keep(i, static_cast<std::size_t>(code)); });
    }
    for (auto& [certain, possible] : records) {
        certain = bank.lanes_of(certain);
        possible = bank.lanes_of(possible);
    }
}

/// Adds up the bank's lanes over the records of one person.
void PersonEvaluator::tally(std::size_t index, std::int64_t person) {
    const auto t = static_cast<std::size_t>(plan_.banks[index].table);
    const auto* first = evidence_.tables[t].first.data() + person;
    const auto from = static_cast<std::uint32_t>(first[0] - tables_[t].first);
    const auto to = static_cast<std::uint32_t>(first[1] - tables_[t].first);
    const auto* read = banks_[index].data();
    auto& tally = tallies_[index];
    const auto wanted = meanings_[index].quantities;
    Word certain = 0;
    Word possible = 0;
    // one more than there can be, for it is written before it is known to be one
    if (room_.size() <= to - from) room_.resize(2 * std::size_t{to - from} + 1);
    auto* next = room_.data();
    for (auto i = from; i < to; ++i) {
        const auto lanes = read[i];
        certain |= lanes.certain;
        possible |= lanes.possible;
        *next = i;
        next += (lanes.possible & wanted) != 0 ? 1 : 0;
    }
    candidates_ = {room_.data(), next};
    tally.certain = certain;
    tally.possible = possible;
    if (!candidates_.empty()) measure(index, tally);
}

/// Days, counts and kinds of the candidates.
void PersonEvaluator::measure(std::size_t index, Tally& tally) {
    const auto& bank = plan_.banks[index];
    const auto t = static_cast<std::size_t>(bank.table);
    const auto& data = evidence_.tables[t];
    const auto& table = tables_[t];
    const auto* records = banks_[index].data();
    const auto place = [&](std::uint32_t i) { return table.first + std::int64_t{i}; };
    const auto timed = bank.timed();
    if (tally.possible & timed) {
        const bool starts_filled = options_.takes_as_filled(bank.table, plan_.framework.tables[t].start);
        tally.undated = tally.certainly_undated = 0;
        dated_.clear();
        for (const auto i : candidates_) {
            const auto [certain, possible] = records[i];
            if ((possible & timed) == 0) continue;
            const auto [start, end] = table.dates[i];
            const auto standing = clocks_[t](start, end);
            if (standing.start != no_day) {
                dated_.push_back({standing.start, standing.end, certain, possible});
                continue;
            }
            tally.undated |= possible & timed;
            if (starts_filled || is_filled(t, place(i))) tally.certainly_undated |= certain & timed;
        }
        if (tally.possible & (bank.united | bank.longest)) sort_by_start(dated_);
        unite(tally, tally.possible & bank.united);
        sum(tally, tally.possible & bank.summed);
        stretch(tally, tally.possible & bank.longest);
        each_bit(tally.undated, [&](std::size_t lane) {
            tally.united[lane].high = tally.summed[lane].high = tally.longest[lane].high = infinity;
        });
        each_bit(tally.certainly_undated, [&](std::size_t lane) {
            tally.united[lane].low = tally.summed[lane].low = tally.longest[lane].low = infinity;
        });
    }
    if (tally.possible & bank.counted) {
        identified_.clear();
        for (const auto i : candidates_) {
            const auto [certain, possible] = records[i];
            if ((possible & bank.counted) == 0) continue;
            const auto id = table.identity == nullptr
                                ? -1
                                : table.identity->codes[static_cast<std::size_t>(data.row(place(i)))];
            identified_.push_back({id, certain, possible});
        }
        count(tally, bank.counted);
    }
    if (tally.possible & bank.kinds) tell_kinds(index, tally);
}

/// Days in the union of each lane's records.
void PersonEvaluator::unite(Tally& tally, Word lanes) {
    if (lanes == 0) return;
    Word doubted = 0;
    for (const auto& record : dated_) doubted |= (record.certain ^ record.possible) & lanes;
    constexpr auto together = LaneDays::lanes;
    for (std::size_t first = 0; first < bits; first += together) {
        const Word own = ((Word{1} << together) - 1) << first & lanes;
        if (own == 0) continue;
        LaneDays possible;
        LaneDays certain;
        tassei::unite(dated_, &Dated::possible, first, possible);
        if ((doubted & own) == 0) certain = possible;
        else tassei::unite(dated_, &Dated::certain, first, certain);
        each_bit(own, [&](std::size_t lane) {
            tally.united[lane] = {static_cast<double>(certain.days[lane - first]),
                                  static_cast<double>(possible.days[lane - first])};
        });
    }
}

/// Days of each lane's records, one record after the other.
void PersonEvaluator::sum(Tally& tally, Word lanes) {
    each_bit(lanes, [&](std::size_t lane) { tally.summed[lane] = {}; });
    for (const auto& record : dated_) {
        const auto days = static_cast<double>(std::max<std::int64_t>(0, std::int64_t{record.end} + 1 - record.start));
        each_bit(record.certain & lanes, [&](std::size_t lane) { tally.summed[lane].low += days; });
        each_bit(record.possible & lanes, [&](std::size_t lane) { tally.summed[lane].high += days; });
    }
}

/// Days of each lane's longest stretch.
void PersonEvaluator::stretch(Tally& tally, Word lanes) {
    each_bit(lanes, [&](std::size_t lane) {
        tally.longest[lane] = {longest(dated_, &Dated::certain, lane), longest(dated_, &Dated::possible, lane)};
    });
}

/// Records of each lane; those of one identity count once, for what any of them is.
void PersonEvaluator::count(Tally& tally, Word lanes) {
    each_bit(lanes, [&](std::size_t lane) { tally.counted[lane] = {}; });
    std::ranges::sort(identified_, {}, &Identified::identity);
    for (std::size_t i = 0; i < identified_.size(); ++i) {
        auto one = identified_[i];
        if (one.identity >= 0)
            for (; i + 1 < identified_.size() && identified_[i + 1].identity == one.identity; ++i) {
                one.certain |= identified_[i + 1].certain;
                one.possible |= identified_[i + 1].possible;
            }
        each_bit(one.certain & lanes, [&](std::size_t lane) { tally.counted[lane].low += 1; });
        each_bit(one.possible & lanes, [&](std::size_t lane) { tally.counted[lane].high += 1; });
    }
}

/// Which kinds are seen in each lane.
void PersonEvaluator::tell_kinds(std::size_t index, Tally& tally) {
    const auto& bank = plan_.banks[index];
    const auto t = static_cast<std::size_t>(bank.table);
    const auto& data = evidence_.tables[t];
    for (std::size_t k = 0; k < tally.kinds.size(); ++k) {
        auto& kinds = tally.kinds[k];
        each_bit(tally.possible & bank.kinds, [&](std::size_t lane) { kinds[lane] = {}; });
        const auto& column = data.columns[static_cast<std::size_t>(tally.kind_columns[k])];
        const auto* words = std::get_if<WordColumn>(&column);
        const bool column_filled = options_.takes_as_filled(bank.table, tally.kind_columns[k]);
        for (const auto i : candidates_) {
            const auto [certain, possible] = banks_[index][i];
            const Word lanes = possible & bank.kinds;
            if (lanes == 0) continue;
            const auto place = tables_[t].first + std::int64_t{i};
            const int word = words == nullptr ? -1 : static_cast<int>(words->code(data.row(place))) - 1;
            if (word >= 0) {
                const Word kind = Word{1} << word;
                each_bit(lanes, [&](std::size_t lane) { kinds[lane].seen.possible |= kind; });
                each_bit(certain & lanes, [&](std::size_t lane) { kinds[lane].seen.certain |= kind; });
                continue;
            }
            each_bit(lanes, [&](std::size_t lane) { kinds[lane].blank += 1; });
            if (column_filled || is_filled(t, place))
                each_bit(certain & lanes, [&](std::size_t lane) { kinds[lane].certainly_blank += 1; });
        }
    }
}

/// A quantity over a lane that some record may be in.
Range PersonEvaluator::quantity(const Feed& feed) const {
    const auto& tally = tallies_[feed.bank];
    switch (feed.kind) {
        case AggregateKind::some: return {static_cast<double>((tally.certain >> feed.lane) & 1), 1.0};
        case AggregateKind::united_days: return tally.united[feed.lane];
        case AggregateKind::summed_days: return tally.summed[feed.lane];
        case AggregateKind::longest_days: return tally.longest[feed.lane];
        case AggregateKind::count: return tally.counted[feed.lane];
        case AggregateKind::kinds: break;
    }
    const auto& kinds = tally.kinds[feed.column][feed.lane];
    return {std::min(std::popcount(kinds.seen.certain) + kinds.certainly_blank, feed.most),
            std::min(std::popcount(kinds.seen.possible) + kinds.blank, feed.most)};
}

Finding PersonEvaluator::find(int index) const {
    using Kind = PlanNode::Kind;
    const auto& node = plan_.nodes[static_cast<std::size_t>(index)];
    const auto child = [&](int i) {
        return find(plan_.children[static_cast<std::size_t>(node.first_child + i)]).truth;
    };
    const auto plain = [](Truth truth) { return Finding{as_range(truth), truth}; };
    switch (node.kind) {
        case Kind::always: return plain(Truth::yes);
        case Kind::never: return plain(Truth::no);
        case Kind::other_sheet: return plain(status_[static_cast<std::size_t>(node.index)]);
        case Kind::negate: return plain(!child(0));
        case Kind::at_least: {
            int certain = 0;
            int possible = 0;
            for (int i = 0; i < node.children; ++i) {
                const auto truth = child(i);
                certain += truth == Truth::yes ? 1 : 0;
                possible += truth != Truth::no ? 1 : 0;
            }
            return plain(at_least(node.need, certain, possible));
        }
        case Kind::aggregate: break;
    }
    Finding finding{quantities_[static_cast<std::size_t>(node.index)], Truth::unknown};
    finding.truth = reaches(finding.range, node.required);
    for (int i = 0; i < node.children; ++i) finding.truth = finding.truth & child(i);
    return finding;
}

void PersonEvaluator::set(std::size_t criterion, Truth truth) {
    const auto place = place_[criterion];
    const Word bit = Word{1} << (place % bits);
    auto& met = met_[place / bits];
    auto& open = open_[place / bits];
    met = truth == Truth::yes ? met | bit : met & ~bit;
    open = truth != Truth::no ? open | bit : open & ~bit;
}

/// Finds a sheet's composed criteria where they are touched, and its status.
void PersonEvaluator::judge(int index) {
    const auto at = static_cast<std::size_t>(index);
    const auto& judging = judging_[at];
    if (judging.refers) set_bit(measured_, at);
    for (const int c : judging.composed) {
        const auto i = static_cast<std::size_t>(c);
        if (judging.refers) set_bit(touched_composed_, i);
        else if (!has_bit(touched_composed_, i)) continue;
        criteria_[i] = find(plan_.criteria[i].node);
        gained_[i] = plan_.weights[i] * progress_of(criteria_[i].range.low, plan_.criteria[i].required);
        set(i, criteria_[i].truth);
    }
    bool met = true;
    bool open = true;
    for (const auto& [word, mask] : judging.pieces) {
        met = met && (met_[word] & mask) == mask;
        open = open && (open_[word] & mask) == mask;
    }
    const auto evidenced = met ? Truth::yes : open ? Truth::unknown : Truth::no;
    Truth deemed = judging.nobody_deemed;
    if (judging.refers || has_bit(touched_deemed_, at)) {
        deemed = Truth::no;
        for (const int node : plan_.sheets[at].deemed_by) deemed = deemed | find(node).truth;
    }
    std::tie(status_[at], basis_[at]) = outcome(evidenced, deemed);
}

/// The status of every sheet.
void PersonEvaluator::conclude() {
    for (const int sheet : plan_.order) {
        const auto at = static_cast<std::size_t>(sheet);
        const auto& plain = plain_[at];
        if (plain.mask == 0 || has_bit(touched_sheets_, at)) {
            judge(sheet);
            continue;
        }
        const bool met = (met_[plain.word] & plain.mask) == plain.mask;
        const bool open = (open_[plain.word] & plain.mask) == plain.mask;
        const std::size_t evidenced = met ? 2 : open ? 1 : 0;
        status_[at] = plain.status[evidenced];
        basis_[at] = plain.basis[evidenced];
    }
}

/// Forgets the person before.
void PersonEvaluator::start_anew() {
    for (const auto* feed : touched_) {
        quantities_[feed->aggregate] = nobody_quantities_[feed->aggregate];
        for (const auto& direct : feed->direct) gained_[direct.criterion] = nobody_gained_[direct.criterion];
    }
    touched_.clear();
    for (const auto aggregate : touched_somes_) quantities_[aggregate] = nobody_quantities_[aggregate];
    touched_somes_.clear();
    each_bit(touched_composed_, [&](std::size_t c) {
        criteria_[c] = nobody_criteria_[c];
        gained_[c] = nobody_gained_[c];
    });
    std::ranges::fill(touched_composed_, 0);
    std::ranges::fill(touched_deemed_, 0);
    std::ranges::fill(touched_sheets_, 0);
    std::ranges::fill(measured_, 0);
    std::ranges::copy(nobody_met_, met_.begin());
    std::ranges::copy(nobody_open_, open_.begin());
    completed_ = false;
}

void PersonEvaluator::evaluate(std::int64_t person) {
    start_anew();
    bool touched = false;
    const auto words = met_.size();
    for (std::size_t b = 0; b < banks_.size(); ++b) {
        if (!evidence_.tables[static_cast<std::size_t>(plan_.banks[b].table)].supplied) continue;
        tally(b, person);
        const auto& tally = tallies_[b];
        if (tally.possible == 0) continue;
        touched = true;
        const auto& meaning = meanings_[b];
        const auto* table = meaning.criteria.data();
        for (Word certain = tally.certain, possible = tally.possible; possible != 0;
             certain >>= 8, possible >>= 8, table += words)
            for (std::size_t w = 0; w < words; ++w) {
                met_[w] |= table[w][certain & 255];
                open_[w] |= table[w][possible & 255];
            }
        each_bit(tally.possible & meaning.quantities, [&](std::size_t lane) {
            const auto& reach = reach_[b * bits + lane];
            for (const auto& feed : reach.feeds) {
                const auto range = quantity(feed);
                quantities_[feed.aggregate] = range;
                touched_.push_back(&feed);
                for (const auto& direct : feed.direct) {
                    gained_[direct.criterion] = direct.weight * progress_of(range.low, direct.required);
                    set(direct.criterion, reaches(range, direct.required));
                }
            }
            unite_bits(measured_, reach.measured);
            if (!reach.judges) return;
            unite_bits(touched_composed_, reach.composed);
            unite_bits(touched_deemed_, reach.deemed);
            unite_bits(touched_sheets_, reach.judged);
        });
    }
    if (touched) {
        conclude();
    } else {
        std::ranges::copy(nobody_status_, status_.begin());
        std::ranges::copy(nobody_basis_, basis_.begin());
    }
}

}  // namespace tassei
