#include "person.hpp"

#include <algorithm>
#include <bit>

#include "tassei/statistics.hpp"

namespace tassei {
namespace {

std::vector<Word> bitset(std::size_t size) { return std::vector<Word>((size + bits - 1) / bits); }

void set_bit(std::vector<Word>& words, std::size_t i) { words[i / bits] |= Word{1} << (i % bits); }

void unite_bits(std::vector<Word>& words, const std::vector<Word>& more) {
    for (std::size_t w = 0; w < words.size(); ++w) words[w] |= more[w];
}

bool has_bit(const std::vector<Word>& words, std::size_t i) { return (words[i / bits] >> (i % bits)) & 1; }

/// Calls `act(i, code)` for the rows at `size` places from `first` on.
template <class Code, class Act>
void each_code(const TableData& data, std::int64_t first, std::size_t size, const Code* codes, const Act& act) {
    if (data.order.empty()) {
        codes += first;
        for (std::size_t i = 0; i < size; ++i) act(i, codes[i]);
    } else {
        const auto* order = data.order.data() + first;
        for (std::size_t i = 0; i < size; ++i) act(i, codes[order[i]]);
    }
}

/// Calls `act(i, code)` for the codes of words and sets; a blank column is code 0 throughout.
template <class Act>
void each_code(const TableData& data, std::int64_t first, std::size_t size, const ColumnData& column,
               const Act& act) {
    const auto of = [&](const auto& codes) { each_code(data, first, size, codes.data(), act); };
    if (const auto* words = std::get_if<WordColumn>(&column)) std::visit(of, words->codes);
    else if (const auto* sets = std::get_if<SetColumn>(&column)) std::visit(of, sets->codes);
    else
        for (std::size_t i = 0; i < size; ++i) act(i, std::uint8_t{0});
}

/// Adds the steps of N cuts to numbers that lie one after the other. No branch: any number may go either way.
template <std::size_t N, class T>
void add_cuts(const T* values, const Factor::Part::Cut* cuts, std::int64_t* steps, std::size_t size) {
    std::array<double, N> at;
    std::array<std::int64_t, N> step;
    for (std::size_t k = 0; k < N; ++k) {
        at[k] = cuts[k].at;
        step[k] = cuts[k].step;
    }
    for (std::size_t i = 0; i < size; ++i) {
        const auto x = static_cast<double>(values[i]);
        std::int64_t sum = 0;
        for (std::size_t k = 0; k < N; ++k) sum += x >= at[k] ? step[k] : 0;
        steps[i] += sum;
    }
}

std::int64_t step_of(double x, const Factor::Part& part) {
    if (x != x) return part.steps[0];
    std::int64_t step = part.steps[1];
    for (const auto& cut : part.cuts) step += x >= cut.at ? cut.step : 0;
    return step;
}

/// Adds the steps of numbers to steps that already have those below all cuts.
template <class T>
void add_steps(const T* values, const Validity& valid, std::int64_t from, const Factor::Part& part,
               std::int64_t* steps, std::size_t size) {
    values += from;
    const auto* cuts = part.cuts.data();
    for (auto left = part.cuts.size(); left > 0;) {
        const auto many = std::min<std::size_t>(left, 4);
        if (many == 4) add_cuts<4>(values, cuts, steps, size);
        else if (many == 3) add_cuts<3>(values, cuts, steps, size);
        else if (many == 2) add_cuts<2>(values, cuts, steps, size);
        else add_cuts<1>(values, cuts, steps, size);
        cuts += many;
        left -= many;
    }
    const std::int64_t blank = std::int64_t{part.steps[0]} - part.steps[1];
    if constexpr (std::is_floating_point_v<T>) {
        std::int64_t none = 0;
        for (std::size_t i = 0; i < size; ++i) none |= values[i] != values[i] ? 1 : 0;
        if (none != 0)
            for (std::size_t i = 0; i < size; ++i)
                if (values[i] != values[i] && valid[from + static_cast<std::int64_t>(i)]) steps[i] += blank;
    }
    // a blank may hold any number, whose steps come off again
    each_blank(valid, from, size, [&](std::size_t i) {
        const auto x = static_cast<double>(values[i]);
        steps[i] += blank + part.steps[1] - (x != x ? std::int64_t{part.steps[1]} : step_of(x, part));
    });
}

/// The class of a number, as the tables of its column count them: 0 is blank, then two classes a cut,
/// below it and on it.
std::size_t class_of(double x, std::span<const double> cuts) {
    if (x != x) return 0;
    std::size_t code = 1;
    for (const double cut : cuts) code += std::size_t{x > cut} + std::size_t{x >= cut};
    return code;
}

}  // namespace

PersonEvaluator::PersonEvaluator(const Plan& plan, const Evidence& evidence, const Options& options,
                                 const Lookup& lookup)
    : plan_(plan),
      evidence_(evidence),
      options_(options),
      lookup_(lookup),
      tables_(evidence.tables.size()),
      banks_(plan.banks.size()),
      tallies_(plan.banks.size()),
      latest_certain_(bits),
      latest_possible_(bits),
      quantities_(plan.aggregates.size()),
      criteria_(plan.criteria.size()),
      status_(plan.sheets.size()),
      basis_(plan.sheets.size()) {
    for (std::size_t t = 0; t < evidence.tables.size(); ++t)
        clocks_.emplace_back(plan.framework, t, evidence.tables[t], options);
    for (auto& tally : tallies_) {
        tally.united.resize(bits);
        tally.summed.resize(bits);
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
    met_ = open_ = touched_composed_ = bitset(size);
    touched_deemed_ = measured_ = bitset(plan_.sheets.size());
    judging_.resize(plan_.sheets.size());
    direct_.resize(plan_.aggregates.size());
    reach_.assign(plan_.banks.size() * bits,
                  {{}, bitset(size), bitset(plan_.sheets.size()), bitset(plan_.sheets.size())});
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
            if (judging.pieces.empty() || judging.pieces.back().word != i / bits)
                judging.pieces.push_back({i / bits, 0});
            judging.pieces.back().mask |= Word{1} << (i % bits);
            if (only_aggregate_[i] >= 0) {
                set_bit(reach_[place(only_aggregate_[i])].measured, s);
                continue;
            }
            judging.composed.push_back(c);
            look(plan_.criteria[i].node, [&](Reach& reach) {
                set_bit(reach.composed, i);
                set_bit(reach.measured, s);
            });
        }
        for (const int node : sheet.deemed_by)
            look(node, [&](Reach& reach) { set_bit(reach.deemed, s); });
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
            reach_[place(static_cast<int>(a))].aggregates.push_back(static_cast<int>(a));
        }
        if (aggregate.kind == AggregateKind::kinds) {
            auto& columns = tallies_[static_cast<std::size_t>(aggregate.bank)].kind_columns;
            if (std::ranges::find(columns, aggregate.column) == columns.end()) columns.push_back(aggregate.column);
        }
    }
    for (auto& tally : tallies_)
        tally.kinds.assign(tally.kind_columns.size(), std::vector<Kinds>(bits));
    for (const int c : simple_) {
        const auto i = static_cast<std::size_t>(c);
        const auto& aggregate = plan_.aggregates[static_cast<std::size_t>(only_aggregate_[i])];
        const auto lane = static_cast<std::size_t>(aggregate.lane);
        auto& table = meanings_[static_cast<std::size_t>(aggregate.bank)].criteria[lane / 8 * words + i / bits];
        for (std::size_t value = 0; value < 256; ++value)
            if ((value >> (lane % 8)) & 1) table[value] |= Word{1} << (i % bits);
    }
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
            if (taken == most || i % bits == 0) {
                judging.weighed.push_back({i / bits, static_cast<int>(i % bits), 0, {}});
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
        if (judging.weighed.size() == 1)
            for (std::size_t value = 0; value < judging.score.size(); ++value)
                judging.score[value] = judging.score_of(judging.nobody_measured + judging.weighed[0].sum[value]);
    }
}

double PersonEvaluator::measured(const Judging& judging) const {
    double sum = 0;
    for (const int c : judging.quantities) {
        const auto i = static_cast<std::size_t>(c);
        const int only = only_aggregate_[i];
        const double low = only < 0 ? criteria_[i].range.low : quantities_[static_cast<std::size_t>(only)].low;
        sum += plan_.weights[i] * progress_of(low, plan_.criteria[i].required);
    }
    return sum;
}

void PersonEvaluator::score(double* scores) const {
    for (std::size_t s = 0; s < judging_.size(); ++s) {
        const auto& judging = judging_[s];
        const auto yes_or_no = [&](const auto& part) { return (met_[part.word] >> part.shift) & part.mask; };
        const bool as_nobody = !has_bit(measured_, s);
        if (as_nobody && judging.weighed.size() == 1) {
            scores[s] = judging.score[yes_or_no(judging.weighed[0])];
            continue;
        }
        double sum = as_nobody ? judging.nobody_measured : measured(judging);
        for (const auto& part : judging.weighed) sum += part.sum[yes_or_no(part)];
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
            quantities_[a] = quantity(aggregate);
            touched_aggregates_.push_back(static_cast<int>(a));
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
    read.counts.resize(static_cast<std::size_t>(data.first[static_cast<std::size_t>(last)] - read.first));
    clocks_[table].counts(data, read.first, read.counts);
    const auto filled = static_cast<std::size_t>(filled_place_ - read.first);
    if (filled_table_ == static_cast<int>(table) && filled < read.counts.size() &&
        read.counts[filled] == Truth::unknown)
        read.counts[filled] = Truth::yes;
}

/// The place in a factor's table of each record.
void PersonEvaluator::find_places(const Factor& factor, const Bank& bank, const TableData& data,
                                  std::int64_t first, std::size_t size) {
    places_.assign(size, 0);
    auto* places = places_.data();
    std::int64_t below = 0;
    bool numbers_too = false;
    for (const auto& part : factor.parts) {
        const auto& column = data.columns[static_cast<std::size_t>(bank.columns[part.column].column)];
        if (std::holds_alternative<NumberColumn>(column)) {
            numbers_too = true;
            below += part.steps[1];
            continue;
        }
        const auto* steps = part.steps.data();
        each_code(data, first, size, column, [=](std::size_t i, auto code) {
            places[i] = static_cast<std::uint16_t>(places[i] + steps[code]);
        });
    }
    if (!numbers_too) return;
    steps_.assign(size, below);
    for (const auto& part : factor.parts) {
        const auto* numbers = std::get_if<NumberColumn>(
            &data.columns[static_cast<std::size_t>(bank.columns[part.column].column)]);
        if (numbers == nullptr) continue;
        if (data.order.empty())
            numbers->values().spans(first, size, [&](const auto* values, const Validity& valid, std::int64_t from,
                                                     std::size_t at, std::size_t count) {
                add_steps(values, valid, from, part, steps_.data() + at, count);
            });
        else
            for (std::size_t i = 0; i < size; ++i)
                steps_[i] += step_of((*numbers)[data.row(first + static_cast<std::int64_t>(i))], part) - part.steps[1];
    }
    for (std::size_t i = 0; i < size; ++i) places[i] = static_cast<std::uint16_t>(places[i] + steps_[i]);
}

void PersonEvaluator::read_bank(std::size_t index) {
    const auto& bank = plan_.banks[index];
    const auto& data = evidence_.tables[static_cast<std::size_t>(bank.table)];
    const auto& table = tables_[static_cast<std::size_t>(bank.table)];
    const auto& factors = lookup_.banks[index].factors;
    auto& records = banks_[index];
    const auto size = table.counts.size();
    records.resize(size);

    for (const auto& factor : factors) {
        find_places(factor, bank, data, table.first, size);
        const auto* lanes = factor.lanes.data();
        const auto* places = places_.data();
        auto* to = records.data();
        if (&factor == factors.data())
            for (std::size_t i = 0; i < size; ++i) to[i] = lanes[places[i]];
        else
            for (std::size_t i = 0; i < size; ++i) {
                to[i].certain &= lanes[places[i]].certain;
                to[i].possible &= lanes[places[i]].possible;
            }
    }
    if (factors.empty()) terms_then_lanes(index);
    const auto filled = static_cast<std::size_t>(filled_place_ - table.first);
    if (filled_table_ == bank.table && filled < size) records[filled].certain = records[filled].possible;
    auto* to = records.data();
    const auto* counts = table.counts.data();
    for (std::size_t i = 0; i < size; ++i) {
        to[i].certain &= Word{0} - Word{counts[i] == Truth::yes};
        to[i].possible &= Word{0} - Word{counts[i] != Truth::no};
    }
}

/// The way without factors: column by column which terms live on, then which lanes they open.
void PersonEvaluator::terms_then_lanes(std::size_t index) {
    const auto& bank = plan_.banks[index];
    const auto& data = evidence_.tables[static_cast<std::size_t>(bank.table)];
    const auto first = tables_[static_cast<std::size_t>(bank.table)].first;
    auto& records = banks_[index];
    std::ranges::fill(records, WordPair{});
    for (std::size_t c = 0; c < bank.columns.size(); ++c) {
        const auto& tests = bank.columns[c];
        const auto& column = data.columns[static_cast<std::size_t>(tests.column)];
        const auto* survivors = lookup_.banks[index].survivors[c].data();
        const auto keep = [&](std::size_t i, std::size_t code) {
            records[i].certain &= survivors[code].certain;
            records[i].possible &= survivors[code].possible;
        };
        if (const auto* numbers = std::get_if<NumberColumn>(&column))
            for (std::size_t i = 0; i < records.size(); ++i)
                keep(i, class_of((*numbers)[data.row(first + static_cast<std::int64_t>(i))], tests.cuts));
        else
            each_code(data, first, records.size(), column,
                      [&](std::size_t i, auto code) { keep(i, static_cast<std::size_t>(code)); });
    }
    for (auto& [certain, possible] : records) {
        certain = bank.lanes_of(certain);
        possible = bank.lanes_of(possible);
    }
}

/// Adds up the bank's lanes over the records of one person.
void PersonEvaluator::tally(std::size_t index, std::int64_t person) {
    const auto t = static_cast<std::size_t>(plan_.banks[index].table);
    const auto& data = evidence_.tables[t];
    const auto first = tables_[t].first;
    const auto& read = banks_[index];
    auto& tally = tallies_[index];
    const auto wanted = meanings_[index].quantities;
    Word certain = 0;
    Word possible = 0;
    const auto from = data.first[static_cast<std::size_t>(person)];
    const auto to = data.first[static_cast<std::size_t>(person) + 1];
    // one more than there can be, for it is written before it is known to be one
    if (room_.size() <= static_cast<std::size_t>(to - from)) room_.resize(2 * static_cast<std::size_t>(to - from) + 1);
    auto* next = room_.data();
    for (auto place = from; place < to; ++place) {
        const auto lanes = read[static_cast<std::size_t>(place - first)];
        certain |= lanes.certain;
        possible |= lanes.possible;
        *next = {place, lanes.certain, lanes.possible};
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
    const auto timed = bank.united | bank.summed;
    if (tally.possible & timed) {
        const bool starts_filled = options_.takes_as_filled(bank.table, plan_.framework.tables[t].start);
        tally.undated = tally.certainly_undated = 0;
        dated_.clear();
        for (const auto& [place, certain, possible] : candidates_) {
            if ((possible & timed) == 0) continue;
            const auto standing = clocks_[t](data.row(place));
            if (standing.start != no_day) {
                dated_.push_back({standing.start, standing.end, certain, possible});
                continue;
            }
            tally.undated |= possible & timed;
            if (starts_filled || is_filled(t, place)) tally.certainly_undated |= certain & timed;
        }
        unite(tally, timed);
        each_bit(tally.certainly_undated, [&](std::size_t lane) {
            tally.united[lane].low = tally.summed[lane].low = infinity;
        });
    }
    if (tally.possible & bank.counted) {
        const auto identities = plan_.framework.tables[t].identity;
        identified_.clear();
        for (const auto& [place, certain, possible] : candidates_) {
            if ((possible & bank.counted) == 0) continue;
            const auto id = identities < 0 ? -1
                                           : identity(data.columns[static_cast<std::size_t>(identities)],
                                                      data.row(place));
            identified_.push_back({id, certain, possible});
        }
        count(tally, bank.counted);
    }
    if (tally.possible & bank.kinds) tell_kinds(index, tally);
}

/// Days of each lane: the union by a running latest end over records in order of their start, and the sum.
void PersonEvaluator::unite(Tally& tally, Word lanes) {
    each_bit(lanes, [&](std::size_t lane) {
        tally.united[lane] = tally.summed[lane] = {};
        latest_certain_[lane] = latest_possible_[lane] = no_day;
    });
    std::ranges::sort(dated_, {}, &Dated::start);
    for (const auto& record : dated_) {
        const auto after = [&](Day latest) {
            const auto from = std::max(std::int64_t{record.start}, std::int64_t{latest} + 1);
            return static_cast<double>(std::max<std::int64_t>(0, std::int64_t{record.end} + 1 - from));
        };
        const double own = after(no_day);
        each_bit(record.certain & lanes, [&](std::size_t lane) {
            tally.united[lane].low += after(latest_certain_[lane]);
            tally.summed[lane].low += own;
            latest_certain_[lane] = std::max(latest_certain_[lane], record.end);
        });
        each_bit(record.possible & lanes, [&](std::size_t lane) {
            tally.united[lane].high += after(latest_possible_[lane]);
            tally.summed[lane].high += own;
            latest_possible_[lane] = std::max(latest_possible_[lane], record.end);
        });
    }
    each_bit(tally.undated, [&](std::size_t lane) {
        tally.united[lane].high = tally.summed[lane].high = infinity;
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
        const bool column_filled = options_.takes_as_filled(bank.table, tally.kind_columns[k]);
        for (const auto& [place, certain, possible] : candidates_) {
            const Word lanes = possible & bank.kinds;
            if (lanes == 0) continue;
            const int word = cell(column, data.row(place)).word;
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
Range PersonEvaluator::quantity(const Aggregate& aggregate) const {
    const auto& tally = tallies_[static_cast<std::size_t>(aggregate.bank)];
    const Word lane = Word{1} << aggregate.lane;
    const auto at = static_cast<std::size_t>(aggregate.lane);
    switch (aggregate.kind) {
        case AggregateKind::some: return {tally.certain & lane ? 1.0 : 0.0, 1.0};
        case AggregateKind::united_days: return tally.united[at];
        case AggregateKind::summed_days: return tally.summed[at];
        case AggregateKind::count: return tally.counted[at];
        case AggregateKind::kinds: {
            std::size_t k = 0;
            while (tally.kind_columns[k] != aggregate.column) ++k;
            const auto& kinds = tally.kinds[k][at];
            return {std::min(std::popcount(kinds.seen.certain) + kinds.certainly_blank, aggregate.most),
                    std::min(std::popcount(kinds.seen.possible) + kinds.blank, aggregate.most)};
        }
    }
    return {};
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
    const Word bit = Word{1} << (criterion % bits);
    auto& met = met_[criterion / bits];
    auto& open = open_[criterion / bits];
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
    status_[at] = evidenced | deemed;
    basis_[at] = evidenced == Truth::yes ? Basis::evidenced
                 : deemed == Truth::yes  ? Basis::deemed
                                         : Basis::none;
}

void PersonEvaluator::evaluate(std::int64_t person) {
    for (const int a : touched_aggregates_)
        quantities_[static_cast<std::size_t>(a)] = nobody_quantities_[static_cast<std::size_t>(a)];
    touched_aggregates_.clear();
    each_bit(touched_composed_, [&](std::size_t c) { criteria_[c] = nobody_criteria_[c]; });
    std::ranges::fill(touched_composed_, 0);
    std::ranges::fill(touched_deemed_, 0);
    std::ranges::fill(measured_, 0);
    std::ranges::copy(nobody_met_, met_.begin());
    std::ranges::copy(nobody_open_, open_.begin());
    completed_ = false;

    bool touched = false;
    const auto words = met_.size();
    for (std::size_t b = 0; b < banks_.size(); ++b) {
        if (!evidence_.tables[static_cast<std::size_t>(plan_.banks[b].table)].supplied) continue;
        tally(b, person);
        const auto& tally = tallies_[b];
        if (tally.possible == 0) continue;
        touched = true;
        const auto& meaning = meanings_[b];
        for (std::size_t w = 0; w < words; ++w) {
            Word met = 0;
            Word open = 0;
            const auto* table = meaning.criteria.data() + w;
            for (Word certain = tally.certain, possible = tally.possible; possible != 0;
                 certain >>= 8, possible >>= 8, table += words) {
                met |= (*table)[certain & 255];
                open |= (*table)[possible & 255];
            }
            met_[w] |= met;
            open_[w] |= open;
        }
        each_bit(tally.possible & meaning.quantities, [&](std::size_t lane) {
            const auto& reach = reach_[b * bits + lane];
            for (const int a : reach.aggregates) {
                const auto i = static_cast<std::size_t>(a);
                const auto range = quantity(plan_.aggregates[i]);
                quantities_[i] = range;
                touched_aggregates_.push_back(a);
                for (const int c : direct_[i]) {
                    const auto criterion = static_cast<std::size_t>(c);
                    set(criterion, reaches(range, plan_.criteria[criterion].required));
                }
            }
            unite_bits(touched_composed_, reach.composed);
            unite_bits(touched_deemed_, reach.deemed);
            unite_bits(measured_, reach.measured);
        });
    }
    if (touched) {
        for (const int sheet : plan_.order) judge(sheet);
    } else {
        std::ranges::copy(nobody_status_, status_.begin());
        std::ranges::copy(nobody_basis_, basis_.begin());
    }
}

}  // namespace tassei
