#include "person.hpp"

#include <algorithm>
#include <bit>

namespace tassei {
namespace {

template <class Do>
void each_bit(Word word, const Do& act) {
    for (; word != 0; word &= word - 1) act(static_cast<std::size_t>(std::countr_zero(word)));
}

/// Narrows the terms of records by one column: `code(row)` looks up what survives.
template <class Code>
void narrow(const std::int32_t* order, std::int64_t first, std::span<const Word> certain,
            std::span<const Word> possible, std::span<Word> certain_terms,
            std::span<Word> possible_terms, const Code& code) {
    const auto size = certain_terms.size();
    if (order == nullptr) {
        for (std::size_t i = 0; i < size; ++i) {
            const auto c = code(static_cast<std::size_t>(first) + i);
            certain_terms[i] &= certain[c];
            possible_terms[i] &= possible[c];
        }
        return;
    }
    order += first;
    for (std::size_t i = 0; i < size; ++i) {
        const auto c = code(static_cast<std::size_t>(order[i]));
        certain_terms[i] &= certain[c];
        possible_terms[i] &= possible[c];
    }
}

}  // namespace

Lookup::Lookup(const Plan& plan, const Evidence& evidence) {
    for (const auto& bank : plan.banks) {
        auto& of_bank = sets.emplace_back(bank.columns.size());
        const auto& data = evidence.tables[static_cast<std::size_t>(bank.table)];
        if (!data.supplied) continue;
        for (std::size_t c = 0; c < bank.columns.size(); ++c) {
            const auto& tests = bank.columns[c];
            const auto* column =
                std::get_if<SetColumn>(&data.columns[static_cast<std::size_t>(tests.column)]);
            if (column == nullptr) continue;
            auto& [certain, possible] = of_bank[c];
            certain.resize(column->has.size());
            possible.resize(column->has.size());
            for (std::size_t i = 0; i < column->has.size(); ++i) {
                const Cell cell{.word = -1, .has = column->has[i], .known = column->known[i], .number = 0};
                tests.survivors(cell, certain[i], possible[i]);
            }
        }
    }
}

PersonEvaluator::PersonEvaluator(const Plan& plan, const Evidence& evidence, const Options& options,
                                 const Lookup& lookup)
    : plan_(plan),
      evidence_(evidence),
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
            quantities_[a] = {0, aggregate.most};
    }
    std::ranges::fill(is_touched_criterion_, 1);
    for (const int s : plan.order) judge(s);
    std::ranges::fill(is_touched_criterion_, 0);
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
    aggregates_of_lane_.resize(plan_.banks.size() * bits);
    for (std::size_t a = 0; a < plan_.aggregates.size(); ++a) {
        const auto& aggregate = plan_.aggregates[a];
        const auto lane = static_cast<std::size_t>(aggregate.bank * bits + aggregate.lane);
        aggregates_of_lane_[lane].push_back(static_cast<int>(a));
    }
    criteria_of_aggregate_.resize(plan_.aggregates.size());
    sheets_of_aggregate_.resize(plan_.aggregates.size());
    sheets_of_sheet_.resize(plan_.sheets.size());
    sheet_of_criterion_.resize(plan_.criteria.size());
    rank_of_sheet_.resize(plan_.sheets.size());
    is_touched_criterion_.resize(plan_.criteria.size());
    is_touched_sheet_.resize(plan_.sheets.size());
    for (std::size_t i = 0; i < plan_.order.size(); ++i)
        rank_of_sheet_[static_cast<std::size_t>(plan_.order[i])] = static_cast<int>(i);
    for (int s = 0; s < static_cast<int>(plan_.sheets.size()); ++s) {
        const auto& sheet = plan_.sheets[static_cast<std::size_t>(s)];
        std::vector<int> sheets;
        for (int c = sheet.first_criterion; c < sheet.first_criterion + sheet.criteria; ++c) {
            sheet_of_criterion_[static_cast<std::size_t>(c)] = s;
            std::vector<int> aggregates;
            depend(plan_.criteria[static_cast<std::size_t>(c)].node, aggregates, sheets);
            for (const int a : aggregates) criteria_of_aggregate_[static_cast<std::size_t>(a)].push_back(c);
        }
        std::vector<int> aggregates;
        for (const int node : sheet.deemed_by) depend(node, aggregates, sheets);
        for (const int a : aggregates) sheets_of_aggregate_[static_cast<std::size_t>(a)].push_back(s);
        for (const int other : sheets) sheets_of_sheet_[static_cast<std::size_t>(other)].push_back(s);
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
        read.start[i] = standing.start;
        read.end[i] = standing.end;
    }
}

void PersonEvaluator::read_bank(std::size_t index) {
    const auto& bank = plan_.banks[index];
    const auto& data = evidence_.tables[static_cast<std::size_t>(bank.table)];
    const auto& table = tables_[static_cast<std::size_t>(bank.table)];
    auto& certain = banks_[index].certain;
    auto& possible = banks_[index].possible;
    certain.assign(table.counts.size(), ~Word{0});
    possible.assign(table.counts.size(), ~Word{0});

    for (std::size_t c = 0; c < bank.columns.size(); ++c) {
        const auto& tests = bank.columns[c];
        const auto& column = data.columns[static_cast<std::size_t>(tests.column)];
        const auto by = [&](const auto& certain_of, const auto& possible_of, const auto& code) {
            narrow(data.order.empty() ? nullptr : data.order.data(), table.first,
                   std::span<const Word>(certain_of), std::span<const Word>(possible_of),
                   std::span(certain), std::span(possible), code);
        };
        if (const auto* words = std::get_if<WordColumn>(&column)) {
            std::visit(
                [&](const auto& codes) {
                    by(tests.certain, tests.possible,
                       [data = codes.data()](std::size_t row) { return std::size_t{data[row]}; });
                },
                words->codes);
        } else if (const auto* sets = std::get_if<SetColumn>(&column)) {
            const auto& of_set = lookup_.sets[index][c];
            by(of_set.certain, of_set.possible,
               [data = sets->codes.data()](std::size_t row) {
                   return static_cast<std::size_t>(data[row]);
               });
        } else if (const auto* numbers = std::get_if<NumberColumn>(&column)) {
            by(tests.certain, tests.possible, [&](std::size_t row) -> std::size_t {
                const double x = numbers->values[row];
                if (x != x || !numbers->valid[static_cast<std::int64_t>(row)]) return 0;
                std::size_t code = 1;  // two classes a cut: below it and on it
                for (const double cut : tests.cuts) code += std::size_t{x > cut} + std::size_t{x >= cut};
                return code;
            });
        } else {
            Word certainly = 0;
            Word possibly = 0;
            tests.survivors(cell(column, 0), certainly, possibly);
            for (auto& terms : certain) terms &= certainly;
            for (auto& terms : possible) terms &= possibly;
        }
    }
    for (std::size_t i = 0; i < certain.size(); ++i) {
        if (table.counts[i] == Truth::no) {
            certain[i] = possible[i] = 0;
            continue;
        }
        const bool same = certain[i] == possible[i];
        possible[i] = bank.lanes_of(possible[i]);
        certain[i] = table.counts[i] != Truth::yes ? 0 : same ? possible[i] : bank.lanes_of(certain[i]);
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
    tally.certain = tally.possible = tally.undated = 0;
    dated_.clear();
    identified_.clear();
    const auto from = data.first[static_cast<std::size_t>(person)];
    const auto to = data.first[static_cast<std::size_t>(person) + 1];
    const auto timed = bank.united | bank.summed;
    const auto identities = plan_.framework.tables[t].identity;
    for (auto place = from; place < to; ++place) {
        const auto i = static_cast<std::size_t>(place - table.first);
        const Word certain = read.certain[i];
        const Word possible = read.possible[i];
        if (possible == 0) continue;
        tally.certain |= certain;
        tally.possible |= possible;
        if (possible & timed) {
            if (table.start[i] == no_day) tally.undated |= possible & timed;
            else dated_.push_back({table.start[i], table.end[i], certain, possible});
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
    const auto to = data.first[static_cast<std::size_t>(person) + 1];
    for (auto place = data.first[static_cast<std::size_t>(person)]; place < to; ++place) {
        const auto i = static_cast<std::size_t>(place - tables_[t].first);
        if ((read.possible[i] & lane) == 0) continue;
        const int word = cell(column, data.row(place)).word;
        if (word < 0) {
            blank += 1;
            continue;
        }
        possible |= Word{1} << word;
        if (read.certain[i] & lane) certain |= Word{1} << word;
    }
    return {static_cast<double>(std::popcount(certain)),
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

void PersonEvaluator::touch(int criterion) {
    auto& touched = is_touched_criterion_[static_cast<std::size_t>(criterion)];
    if (touched) return;
    touched = 1;
    touched_criteria_.push_back(criterion);
    touch_sheet(sheet_of_criterion_[static_cast<std::size_t>(criterion)]);
}

void PersonEvaluator::touch_sheet(int sheet) {
    auto& touched = is_touched_sheet_[static_cast<std::size_t>(sheet)];
    if (touched) return;
    touched = 1;
    touched_sheets_.push_back(sheet);
    // a sheet that refers to this one is judged again, with all its criteria
    for (const int other : sheets_of_sheet_[static_cast<std::size_t>(sheet)]) {
        const auto& referring = plan_.sheets[static_cast<std::size_t>(other)];
        for (int c = 0; c < referring.criteria; ++c) touch(referring.first_criterion + c);
        touch_sheet(other);
    }
}

/// Finds a sheet's touched criteria and its status.
void PersonEvaluator::judge(int index) {
    const auto at = static_cast<std::size_t>(index);
    const auto& sheet = plan_.sheets[at];
    Truth evidenced = Truth::yes;
    for (int c = sheet.first_criterion; c < sheet.first_criterion + sheet.criteria; ++c) {
        const auto i = static_cast<std::size_t>(c);
        if (is_touched_criterion_[i]) criteria_[i] = find(plan_.criteria[i].node);
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
    for (const int a : touched_aggregates_) {
        const auto i = static_cast<std::size_t>(a);
        quantities_[i] = nobody_quantities_[i];
    }
    for (const int c : touched_criteria_) {
        const auto i = static_cast<std::size_t>(c);
        criteria_[i] = nobody_criteria_[i];
        is_touched_criterion_[i] = 0;
    }
    for (const int s : touched_sheets_) {
        const auto i = static_cast<std::size_t>(s);
        status_[i] = nobody_status_[i];
        basis_[i] = nobody_basis_[i];
        is_touched_sheet_[i] = 0;
    }
    touched_aggregates_.clear();
    touched_criteria_.clear();
    touched_sheets_.clear();

    for (std::size_t b = 0; b < banks_.size(); ++b) {
        const auto table = static_cast<std::size_t>(plan_.banks[b].table);
        if (!evidence_.tables[table].supplied) continue;
        tally(b, person);
        each_bit(tallies_[b].possible, [&](std::size_t lane) {
            for (const int a : aggregates_of_lane_[b * bits + lane]) {
                const auto i = static_cast<std::size_t>(a);
                quantities_[i] = quantity(plan_.aggregates[i], person);
                touched_aggregates_.push_back(a);
                for (const int c : criteria_of_aggregate_[i]) touch(c);
                for (const int s : sheets_of_aggregate_[i]) touch_sheet(s);
            }
        });
    }
    std::ranges::sort(touched_sheets_, {}, [&](int s) { return rank_of_sheet_[static_cast<std::size_t>(s)]; });
    for (const int s : touched_sheets_) judge(s);
}

}  // namespace tassei
