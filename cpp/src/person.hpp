#pragma once

#include <bit>
#include <span>
#include <vector>

#include "tassei/assessment.hpp"
#include "tassei/record.hpp"

/// One person after the other: lanes of records, aggregates of lanes, criteria, sheets.
namespace tassei {

/// A word of what certainly and a word of what possibly holds.
struct WordPair {
    Word certain = ~Word{0};
    Word possible = ~Word{0};
};

/// Which terms each code of a column lets live, for this evidence: by bank, by column of the bank.
struct Lookup {
    std::vector<std::vector<std::vector<WordPair>>> survivors;

    Lookup(const Plan& plan, const Evidence& evidence, const Options& options);
};

/// Calls `act` with the number of each bit that is set.
template <class Act>
void each_bit(Word word, const Act& act) {
    for (; word != 0; word &= word - 1) act(static_cast<std::size_t>(std::countr_zero(word)));
}

template <class Act>
void each_bit(std::span<const Word> words, const Act& act) {
    for (std::size_t w = 0; w < words.size(); ++w)
        each_bit(words[w], [&](std::size_t i) { act(w * bits + i); });
}

struct Standpoint {
    std::int32_t level = 0;
    std::int32_t possible = 0;
    Basis basis = Basis::none;
};

/// The highest sheet that holds and the highest that may hold; with `cumulative`, up to the first gap.
[[nodiscard]] Standpoint climb(const std::vector<int>& ladder, const Plan& plan, const Truth* status,
                               const Basis* basis);

struct Finding {
    Range range;
    Truth truth = Truth::unknown;
};

/// Holds the scratch memory of one thread.
class PersonEvaluator {
public:
    PersonEvaluator(const Plan& plan, const Evidence& evidence, const Options& options,
                    const Lookup& lookup);

    /// Sees records as of another day from the next `read` on; see Clock::move_to.
    void move_to(Day as_of, Day oldest) {
        for (auto& clock : clocks_) clock.move_to(as_of, oldest);
    }

    /// Takes the unknown in one record to be what is best for its person, from the next `read` on; a
    /// table of -1: in none.
    void fill(int table, std::int64_t place) {
        filled_table_ = table;
        filled_place_ = place;
    }

    /// Looks at the records of these persons, all at once.
    void read(std::int64_t first_person, std::int64_t last_person);

    /// Evaluates one of the persons that were read.
    void evaluate(std::int64_t person);

    [[nodiscard]] std::span<const Finding> criteria() const { return criteria_; }
    /// Bits of the criteria that may differ from those of a person without records, `nobody`.
    [[nodiscard]] std::span<const Word> touched() const { return touched_criteria_; }
    [[nodiscard]] std::span<const Finding> nobody() const { return nobody_criteria_; }
    /// By aggregate of the plan.
    [[nodiscard]] std::span<const Range> quantities() const { return quantities_; }
    [[nodiscard]] std::span<const Truth> status() const { return status_; }
    [[nodiscard]] std::span<const Basis> basis() const { return basis_; }
    /// The lanes of a bank that a record is in, by its place; of a person that was read.
    [[nodiscard]] WordPair lanes(std::size_t bank, std::int64_t place) const {
        const auto table = static_cast<std::size_t>(plan_.banks[bank].table);
        return banks_[bank][static_cast<std::size_t>(place - tables_[table].first)];
    }

private:
    /// What was read of a table: by record, its days and, by bank, its lanes.
    struct TableRead {
        std::int64_t first = 0;  ///< place of the first record
        std::vector<Truth> counts;
        std::vector<Day> start;
        std::vector<Day> end;
    };
    struct Dated {
        Day start;
        Day end;
        Word certain;
        Word possible;
    };
    struct Identified {
        std::int32_t identity;
        Word certain;
        Word possible;
    };
    /// Aggregates of one bank, by lane.
    struct Tally {
        Word certain = 0;   ///< lanes that some record is certainly in
        Word possible = 0;
        Word undated = 0;   ///< lanes with a record whose start nobody knows, possibly in them
        Word certainly_undated = 0;  ///< of them, those that a filled start makes as long as can be
        std::vector<Range> united, summed, counted;
    };

    [[nodiscard]] bool is_filled(std::size_t table, std::int64_t place) const {
        return place == filled_place_ && static_cast<int>(table) == filled_table_;
    }
    void read_table(std::size_t table, std::int64_t first, std::int64_t last);
    void read_bank(std::size_t bank);
    void tally(std::size_t bank, std::int64_t person);
    void unite(Tally& tally, Word lanes);
    void count(Tally& tally, Word lanes);
    [[nodiscard]] Range kinds(const Aggregate& aggregate, std::int64_t person) const;
    [[nodiscard]] Range quantity(const Aggregate& aggregate, std::int64_t person) const;
    [[nodiscard]] Finding find(int node) const;
    void depend(int node, std::vector<int>& aggregates, std::vector<int>& sheets) const;
    void link();
    void judge(int sheet);

    const Plan& plan_;
    const Evidence& evidence_;
    const Options& options_;
    const Lookup& lookup_;
    int filled_table_ = -1;
    std::int64_t filled_place_ = -1;
    std::vector<Clock> clocks_;  // by table
    std::vector<TableRead> tables_;
    std::vector<std::vector<WordPair>> banks_;  // by bank, by record: terms, then lanes
    std::vector<Tally> tallies_;
    std::vector<Dated> dated_;
    std::vector<Identified> identified_;
    std::vector<Day> latest_certain_, latest_possible_;

    /// What a lane feeds, by number: bits of criteria, and of sheets in the order of evaluation.
    struct Reach {
        std::vector<int> aggregates;
        std::vector<Word> criteria;
        std::vector<Word> sheets;
    };
    std::vector<Reach> reach_;          // by bank × 64 + lane
    std::vector<int> only_aggregate_;   // by criterion: the one thing it looks at, or -1
    std::vector<int> touched_aggregates_;
    std::vector<Word> touched_criteria_, touched_sheets_;
    std::vector<std::uint16_t> number_codes_;

    // What a person without any record gets.
    std::vector<Range> nobody_quantities_;
    std::vector<Finding> nobody_criteria_;
    std::vector<Truth> nobody_status_;
    std::vector<Basis> nobody_basis_;

    std::vector<Range> quantities_;
    std::vector<Finding> criteria_;
    std::vector<Truth> status_;
    std::vector<Basis> basis_;
};

}  // namespace tassei
