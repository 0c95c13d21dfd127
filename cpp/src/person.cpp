#include "person.hpp"

#include <algorithm>
#include <bit>

namespace tassei {
namespace {

std::vector<Word> bitset(std::size_t size) { return std::vector<Word>((size + bits - 1) / bits); }

void set_bit(std::vector<Word>& words, std::size_t i) { words[i / bits] |= Word{1} << (i % bits); }

void unite_bits(std::vector<Word>& words, const std::vector<Word>& more) {
    for (std::size_t w = 0; w < words.size(); ++w) words[w] |= more[w];
}

/// Narrows the terms of records by one column: `code(row)` looks up what survives.
template <class Code>
void narrow(const std::int32_t* order, std::int64_t first, const WordPair* survivors,
            std::span<WordPair> terms, const Code& code) {
    const auto keep = [&](WordPair& term, std::size_t row) {
        const auto& alive = survivors[code(row)];
        term.certain &= alive.certain;
        term.possible &= alive.possible;
    };
    if (order == nullptr) {
        auto row = static_cast<std::size_t>(first);
        for (auto& term : terms) keep(term, row++);
    } else {
        order += first;
        for (auto& term : terms) keep(term, static_cast<std::size_t>(*order++));
    }
}

/// The class of each number, as the tables of its column count them: 0 is blank, then two classes a cut,
/// below it and on it.
void classify(const NumberColumn& numbers, std::span<const double> cuts, const TableData& data,
              std::int64_t first, std::size_t size, std::vector<std::uint16_t>& codes) {
    codes.assign(size, 1);
    if (numbers.plain() != nullptr && data.order.empty()) {
        const double* values = numbers.plain() + first;
        for (const double cut : cuts)
            for (std::size_t i = 0; i < size; ++i)
                codes[i] = static_cast<std::uint16_t>(codes[i] + (values[i] > cut) + (values[i] >= cut));
        for (std::size_t i = 0; i < size; ++i) {
            const double x = numbers[first + static_cast<std::int64_t>(i)];
            if (x != x) codes[i] = 0;
        }
        return;
    }
    for (std::size_t i = 0; i < size; ++i) {
        const double x = numbers[data.row(first + static_cast<std::int64_t>(i))];
        for (const double cut : cuts)
            codes[i] = static_cast<std::uint16_t>(codes[i] + (x > cut) + (x >= cut));
        if (x != x) codes[i] = 0;
    }
}

}  // namespace

Lookup::Lookup(const Plan& plan, const Evidence& evidence, const Options& options) {
    for (const auto& bank : plan.banks) {
        auto& of_bank = survivors.emplace_back(bank.columns.size());
        const auto& data = evidence.tables[static_cast<std::size_t>(bank.table)];
        if (!data.supplied) continue;
        for (std::size_t c = 0; c < bank.columns.size(); ++c) {
            const auto& tests = bank.columns[c];
            const auto& column = data.columns[static_cast<std::size_t>(tests.column)];
            auto& alive = of_bank[c];
            if (const auto* sets = std::get_if<SetColumn>(&column)) {
                for (std::size_t i = 0; i < sets->has.size(); ++i) {
                    const Cell cell{.word = -1, .has = sets->has[i], .known = sets->known[i], .number = 0};
                    auto& [certain, possible] = alive.emplace_back();
                    tests.survivors(cell, certain, possible);
                }
            } else if (std::holds_alternative<BlankColumn>(column)) {
                auto& [certain, possible] = alive.emplace_back();
                tests.survivors(cell(column, 0), certain, possible);
            } else {
                for (std::size_t code = 0; code < tests.certain.size(); ++code)
                    alive.push_back({tests.certain[code], tests.possible[code]});
            }
            if (options.takes_as_filled(bank.table, tests.column))
                for (auto& pair : alive) pair.certain = pair.possible;
        }
    }
}

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
    std::ranges::fill(touched_criteria_, ~Word{0});
    for (const int sheet : plan.order) judge(sheet);
    std::ranges::fill(touched_criteria_, 0);
    nobody_quantities_ = quantities_;
    nobody_criteria_ = criteria_;
    nobody_status_ = status_;
    nobody_basis_ = basis_;
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
    const auto sheets = plan_.sheets.size();
    touched_criteria_ = bitset(plan_.criteria.size());
    touched_sheets_ = bitset(sheets);
    std::vector<std::size_t> rank(sheets);
    for (std::size_t i = 0; i < sheets; ++i) rank[static_cast<std::size_t>(plan_.order[i])] = i;

    // By aggregate: the criteria that look at it and the sheets above them, in order of evaluation, so
    // that a sheet which refers to another one comes later and takes over what touches that one.
    std::vector<std::vector<Word>> criteria_of(plan_.aggregates.size(), bitset(plan_.criteria.size()));
    std::vector<std::vector<Word>> sheets_of(plan_.aggregates.size(), bitset(sheets));
    for (const int s : plan_.order) {
        const auto& sheet = plan_.sheets[static_cast<std::size_t>(s)];
        const auto place = rank[static_cast<std::size_t>(s)];
        const auto look = [&](int node, int criterion) {
            std::vector<int> aggregates;
            std::vector<int> others;
            depend(node, aggregates, others);
            for (const int a : aggregates) {
                set_bit(sheets_of[static_cast<std::size_t>(a)], place);
                if (criterion >= 0)
                    set_bit(criteria_of[static_cast<std::size_t>(a)], static_cast<std::size_t>(criterion));
            }
            for (const int other : others) {
                const auto at = rank[static_cast<std::size_t>(other)];
                for (std::size_t a = 0; a < sheets_of.size(); ++a) {
                    if (((sheets_of[a][at / bits] >> (at % bits)) & 1) == 0) continue;
                    set_bit(sheets_of[a], place);
                    if (criterion >= 0) set_bit(criteria_of[a], static_cast<std::size_t>(criterion));
                }
            }
        };
        for (int c = sheet.first_criterion; c < sheet.first_criterion + sheet.criteria; ++c)
            look(plan_.criteria[static_cast<std::size_t>(c)].node, c);
        for (const int node : sheet.deemed_by) look(node, -1);
    }
    for (const auto& criterion : plan_.criteria) {
        const auto& node = plan_.nodes[static_cast<std::size_t>(criterion.node)];
        const bool alone = node.kind == PlanNode::Kind::aggregate && node.children == 0;
        only_aggregate_.push_back(alone ? node.index : -1);
    }
    reach_.assign(plan_.banks.size() * bits, {{}, bitset(plan_.criteria.size()), bitset(sheets)});
    for (std::size_t a = 0; a < plan_.aggregates.size(); ++a) {
        const auto& aggregate = plan_.aggregates[a];
        auto& reach = reach_[static_cast<std::size_t>(aggregate.bank * bits + aggregate.lane)];
        reach.aggregates.push_back(static_cast<int>(a));
        unite_bits(reach.criteria, criteria_of[a]);
        unite_bits(reach.sheets, sheets_of[a]);
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
    const auto size = static_cast<std::size_t>(data.first[static_cast<std::size_t>(last)] - read.first);
    read.counts.resize(size);
    read.start.resize(size);
    read.end.resize(size);
    for (std::size_t i = 0; i < size; ++i) {
        const auto row = data.row(read.first + static_cast<std::int64_t>(i));
        const auto standing = clocks_[table](row);
        read.counts[i] = standing.counts;
        if (standing.counts == Truth::unknown && is_filled(table, read.first + static_cast<std::int64_t>(i)))
            read.counts[i] = Truth::yes;
        read.start[i] = standing.start;
        read.end[i] = standing.end;
    }
}

void PersonEvaluator::read_bank(std::size_t index) {
    const auto& bank = plan_.banks[index];
    const auto& data = evidence_.tables[static_cast<std::size_t>(bank.table)];
    const auto& table = tables_[static_cast<std::size_t>(bank.table)];
    auto& records = banks_[index];
    records.assign(table.counts.size(), {});

    for (std::size_t c = 0; c < bank.columns.size(); ++c) {
        const auto& tests = bank.columns[c];
        const auto& column = data.columns[static_cast<std::size_t>(tests.column)];
        const auto* survivors = lookup_.survivors[index][c].data();
        const auto by = [&](const auto* codes) {
            narrow(data.order.empty() ? nullptr : data.order.data(), table.first, survivors, records,
                   [codes](std::size_t row) { return static_cast<std::size_t>(codes[row]); });
        };
        if (const auto* words = std::get_if<WordColumn>(&column)) {
            std::visit([&](const auto& codes) { by(codes.data()); }, words->codes);
        } else if (const auto* sets = std::get_if<SetColumn>(&column)) {
            std::visit([&](const auto& codes) { by(codes.data()); }, sets->codes);
        } else if (const auto* numbers = std::get_if<NumberColumn>(&column)) {
            classify(*numbers, tests.cuts, data, table.first, records.size(), number_codes_);
            narrow(nullptr, 0, survivors, records,
                   [&](std::size_t i) { return std::size_t{number_codes_[i]}; });
        } else {
            narrow(nullptr, 0, survivors, records, [](std::size_t) { return std::size_t{0}; });
        }
    }
    const auto filled = static_cast<std::size_t>(filled_place_ - table.first);
    if (filled_table_ == bank.table && filled < records.size()) records[filled].certain = records[filled].possible;
    for (std::size_t i = 0; i < records.size(); ++i) {
        auto& [certain, possible] = records[i];
        if (table.counts[i] == Truth::no) {
            certain = possible = 0;
            continue;
        }
        const bool same = certain == possible;
        possible = bank.lanes_of(possible);
        certain = table.counts[i] != Truth::yes ? 0 : same ? possible : bank.lanes_of(certain);
    }
}

/// Adds up the bank's lanes over the records of one person.
void PersonEvaluator::tally(std::size_t index, std::int64_t person) {
    const auto& bank = plan_.banks[index];
    const auto t = static_cast<std::size_t>(bank.table);
    const auto& data = evidence_.tables[t];
    const auto& table = tables_[t];
    const auto& read = banks_[index];
    auto& tally = tallies_[index];
    tally.certain = tally.possible = tally.undated = tally.certainly_undated = 0;
    dated_.clear();
    identified_.clear();
    const auto from = data.first[static_cast<std::size_t>(person)];
    const auto to = data.first[static_cast<std::size_t>(person) + 1];
    const auto timed = bank.united | bank.summed;
    const auto identities = plan_.framework.tables[t].identity;
    const bool starts_filled = options_.takes_as_filled(bank.table, plan_.framework.tables[t].start);
    for (auto place = from; place < to; ++place) {
        const auto i = static_cast<std::size_t>(place - table.first);
        const auto [certain, possible] = read[i];
        if (possible == 0) continue;
        tally.certain |= certain;
        tally.possible |= possible;
        if (possible & timed) {
            if (table.start[i] == no_day) {
                tally.undated |= possible & timed;
                if (starts_filled || is_filled(t, place)) tally.certainly_undated |= certain & timed;
            } else dated_.push_back({table.start[i], table.end[i], certain, possible});
        }
        if (possible & bank.counted) {
            const auto id = identities < 0
                                ? -1
                                : identity(data.columns[static_cast<std::size_t>(identities)],
                                           data.row(place));
            identified_.push_back({id, certain, possible});
        }
    }
    if (tally.possible & timed) unite(tally, timed);
    each_bit(tally.certainly_undated, [&](std::size_t lane) {
        tally.united[lane].low = tally.summed[lane].low = infinity;
    });
    if (tally.possible & bank.counted) count(tally, bank.counted);
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

Range PersonEvaluator::kinds(const Aggregate& aggregate, std::int64_t person) const {
    const auto t = static_cast<std::size_t>(aggregate.table);
    const auto& data = evidence_.tables[t];
    const auto& read = banks_[static_cast<std::size_t>(aggregate.bank)];
    const auto& column = data.columns[static_cast<std::size_t>(aggregate.column)];
    const Word lane = Word{1} << aggregate.lane;
    Word certain = 0;
    Word possible = 0;
    double blank = 0;
    double certainly_blank = 0;
    const bool column_filled = options_.takes_as_filled(aggregate.table, aggregate.column);
    const auto to = data.first[static_cast<std::size_t>(person) + 1];
    for (auto place = data.first[static_cast<std::size_t>(person)]; place < to; ++place) {
        const auto i = static_cast<std::size_t>(place - tables_[t].first);
        if ((read[i].possible & lane) == 0) continue;
        const int word = cell(column, data.row(place)).word;
        if (word < 0) {
            blank += 1;
            const bool filled = column_filled || is_filled(t, place);
            certainly_blank += filled && (read[i].certain & lane) ? 1 : 0;
            continue;
        }
        possible |= Word{1} << word;
        if (read[i].certain & lane) certain |= Word{1} << word;
    }
    return {std::min(std::popcount(certain) + certainly_blank, aggregate.most),
            std::min(std::popcount(possible) + blank, aggregate.most)};
}

/// A quantity over a lane that some record may be in.
Range PersonEvaluator::quantity(const Aggregate& aggregate, std::int64_t person) const {
    const auto& tally = tallies_[static_cast<std::size_t>(aggregate.bank)];
    const Word lane = Word{1} << aggregate.lane;
    const auto at = static_cast<std::size_t>(aggregate.lane);
    switch (aggregate.kind) {
        case AggregateKind::some: return {tally.certain & lane ? 1.0 : 0.0, 1.0};
        case AggregateKind::united_days: return tally.united[at];
        case AggregateKind::summed_days: return tally.summed[at];
        case AggregateKind::count: return tally.counted[at];
        case AggregateKind::kinds: return kinds(aggregate, person);
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

/// Finds a sheet's touched criteria and its status.
void PersonEvaluator::judge(int index) {
    const auto at = static_cast<std::size_t>(index);
    const auto& sheet = plan_.sheets[at];
    Truth evidenced = Truth::yes;
    for (int c = sheet.first_criterion; c < sheet.first_criterion + sheet.criteria; ++c) {
        const auto i = static_cast<std::size_t>(c);
        if ((touched_criteria_[i / bits] >> (i % bits)) & 1) {
            const int only = only_aggregate_[i];
            if (only < 0) {
                criteria_[i] = find(plan_.criteria[i].node);
            } else {
                const auto range = quantities_[static_cast<std::size_t>(only)];
                criteria_[i] = {range, reaches(range, plan_.criteria[i].required)};
            }
        }
        evidenced = evidenced & criteria_[i].truth;
    }
    Truth deemed = Truth::no;
    for (const int node : sheet.deemed_by) deemed = deemed | find(node).truth;
    status_[at] = evidenced | deemed;
    basis_[at] = evidenced == Truth::yes ? Basis::evidenced
                 : deemed == Truth::yes  ? Basis::deemed
                                         : Basis::none;
}

void PersonEvaluator::evaluate(std::int64_t person) {
    for (const int a : touched_aggregates_)
        quantities_[static_cast<std::size_t>(a)] = nobody_quantities_[static_cast<std::size_t>(a)];
    each_bit(touched_criteria_, [&](std::size_t c) { criteria_[c] = nobody_criteria_[c]; });
    each_bit(touched_sheets_, [&](std::size_t i) {
        const auto s = static_cast<std::size_t>(plan_.order[i]);
        status_[s] = nobody_status_[s];
        basis_[s] = nobody_basis_[s];
    });
    touched_aggregates_.clear();
    std::ranges::fill(touched_criteria_, 0);
    std::ranges::fill(touched_sheets_, 0);

    for (std::size_t b = 0; b < banks_.size(); ++b) {
        if (!evidence_.tables[static_cast<std::size_t>(plan_.banks[b].table)].supplied) continue;
        tally(b, person);
        each_bit(tallies_[b].possible, [&](std::size_t lane) {
            const auto& reach = reach_[b * bits + lane];
            for (const int a : reach.aggregates) {
                const auto i = static_cast<std::size_t>(a);
                quantities_[i] = quantity(plan_.aggregates[i], person);
                touched_aggregates_.push_back(a);
            }
            unite_bits(touched_criteria_, reach.criteria);
            unite_bits(touched_sheets_, reach.sheets);
        });
    }
    each_bit(touched_sheets_, [&](std::size_t i) { judge(plan_.order[i]); });
}

}  // namespace tassei
