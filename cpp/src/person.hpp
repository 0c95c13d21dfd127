#pragma once

#include <array>
#include <bit>
#include <span>
#include <vector>

#include "lane_days.hpp"
#include "places.hpp"

/// One person after the other: lanes of records, aggregates of lanes, criteria, sheets.
namespace tassei {

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
    /// `sights`: of each bank, where many people are evaluated one after the other; see `see`.
    PersonEvaluator(const Plan& plan, const Evidence& evidence, const Options& options,
                    const Lookup& lookup, std::span<const Sight> sights = {});

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

    [[nodiscard]] std::span<const Finding> criteria() const {
        complete();
        return criteria_;
    }
    /// By aggregate of the plan.
    [[nodiscard]] std::span<const Range> quantities() const {
        complete();
        return quantities_;
    }
    [[nodiscard]] std::span<const Truth> status() const { return status_; }
    [[nodiscard]] std::span<const Basis> basis() const { return basis_; }
    /// Writes the score of every sheet.
    void score(double* scores) const;
    /// The lanes of a bank that a record is in, by its place; of a person that was read.
    [[nodiscard]] WordPair lanes(std::size_t bank, std::int64_t place) const {
        const auto table = static_cast<std::size_t>(plan_.banks[bank].table);
        return banks_[bank][static_cast<std::size_t>(place - tables_[table].first)];
    }

private:
    /// What was read of a table: when its records were, and whether they count.
    struct TableRead {
        std::int64_t first = 0;  ///< place of the first record
        std::size_t size = 0;
        Dates dates;             ///< where all banks were seen beforehand: of those that matter
        std::vector<Truth> counts;
        const IdentityColumn* identity = nullptr;
    };
    struct Identified {
        std::int32_t identity;
        Word certain;
        Word possible;
    };
    /// Kinds seen in a lane, a bit each, and records that do not say theirs.
    struct Kinds {
        WordPair seen{0, 0};
        double blank = 0;
        double certainly_blank = 0;
    };
    /// Aggregates of one bank, by lane.
    struct Tally {
        Word certain = 0;   ///< lanes that some record is certainly in
        Word possible = 0;
        Word undated = 0;   ///< lanes with a record whose start nobody knows, possibly in them
        Word certainly_undated = 0;  ///< of them, those that a filled start makes as long as can be
        std::vector<Range> united, summed, longest, counted;
        std::vector<int> kind_columns;
        std::vector<std::vector<Kinds>> kinds;  ///< by column of these, by lane
    };
    /// What the lanes of a bank mean, made once.
    struct Meaning {
        Word quantities = 0;  ///< lanes that more looks at than whether some record is in them
        /// By byte of the lanes, by word of the criteria: those that just ask for some record.
        std::vector<ByteTable> criteria;
    };
    /// A sheet's criteria as bits of one or more words, and its score.
    struct Judging {
        struct Piece {
            std::size_t word = 0;
            Word mask = 0;
        };
        /// Up to six neighbouring criteria of a sheet.
        struct Weighed {
            std::size_t word = 0;
            int shift = 0;
            Word mask = 0;
            std::array<double, 64> sum{};  ///< by their bits: weights of the yes-or-no ones that are met
        };
        std::vector<Piece> pieces;
        std::vector<int> composed;     ///< criteria that are found by their nodes
        bool refers = false;           ///< some of them, or what deems it, to other sheets
        std::vector<int> quantities;   ///< criteria whose progress is more than a bit
        std::vector<Weighed> weighed;
        double total = 0;
        double nobody_measured = 0;
        Truth nobody_deemed = Truth::no;

        /// Dividing last keeps a full sheet at exactly 1.
        [[nodiscard]] double score_of(double sum) const { return total > 0 ? sum / total : 0.0; }
    };
    /// The same for a sheet whose criteria are up to six bits of one word, and what follows from them as long
    /// as no record says more: most sheets of most people.
    struct Plain {
        std::size_t word = 0;
        int shift = 0;
        Word mask = 0;  ///< 0: the sheet is not one of these
        std::array<Truth, 3> status{};  ///< by the truth of what its criteria ask
        std::array<Basis, 3> basis{};
        std::array<double, 64> score{};  ///< by the bits
    };

    [[nodiscard]] bool is_filled(std::size_t table, std::int64_t place) const {
        return place == filled_place_ && static_cast<int>(table) == filled_table_;
    }
    void read_table(std::size_t table, std::int64_t first, std::int64_t last);
    void read_bank(std::size_t bank);
    void tally(std::size_t bank, std::int64_t person);
    void measure(std::size_t bank, Tally& tally);
    void unite(Tally& tally, Word lanes);
    void sum(Tally& tally, Word lanes);
    void stretch(Tally& tally, Word lanes);
    void count(Tally& tally, Word lanes);
    void tell_kinds(std::size_t bank, Tally& tally);
    void terms_then_lanes(std::size_t bank);
    [[nodiscard]] double measured(const Judging& judging) const;
    struct Feed;
    [[nodiscard]] Feed feed(int aggregate);
    [[nodiscard]] const Sight* sight(const Bank& bank) const;
    [[nodiscard]] Range quantity(const Feed& feed) const;
    void set(std::size_t criterion, Truth truth);
    void start_anew();
    void complete() const;
    [[nodiscard]] Finding find(int node) const;
    void depend(int node, std::vector<int>& aggregates, std::vector<int>& sheets) const;
    void link();
    void weigh();
    void judge(int sheet);
    void conclude();

    const Plan& plan_;
    const Evidence& evidence_;
    const Options& options_;
    const Lookup& lookup_;
    std::span<const Sight> sights_;
    int filled_table_ = -1;
    std::int64_t filled_place_ = -1;
    std::vector<Clock> clocks_;  // by table
    std::vector<TableRead> tables_;
    std::vector<std::vector<WordPair>> banks_;  // by bank, by record: terms, then lanes
    std::vector<Tally> tallies_;
    std::vector<std::uint32_t> room_;
    std::span<const std::uint32_t> candidates_;  // records of the person and bank at hand, in `room_`
    std::vector<Dated> dated_;
    std::vector<Identified> identified_;
    PlaceFinder find_places_;

    /// A quantity of a lane, and the criteria that ask for it and nothing else.
    struct Feed {
        struct Direct {
            std::size_t criterion = 0;
            double required = 0;
            double weight = 0;
        };
        std::size_t aggregate = 0;
        std::size_t bank = 0;
        std::size_t lane = 0;
        AggregateKind kind = AggregateKind::some;
        std::size_t column = 0;  ///< of kinds: which of the tally's columns
        double most = 0;
        std::vector<Direct> direct;
    };
    /// What a lane feeds beyond bits of criteria: bits of composed criteria, of sheets.
    struct Reach {
        std::vector<Feed> feeds;
        std::vector<Word> composed;
        std::vector<Word> deemed;    ///< sheets that it may deem
        std::vector<Word> measured;  ///< sheets whose score it may change
        std::vector<Word> judged;    ///< sheets of which it may change what is not plain
        bool judges = false;         ///< any
    };
    std::vector<Meaning> meanings_;          // by bank
    std::vector<Reach> reach_;               // by bank × 64 + lane
    std::vector<std::vector<int>> direct_;   // by aggregate: criteria that are nothing but it
    std::vector<int> simple_;                // criteria that just ask for some record
    std::vector<int> only_aggregate_;        // by criterion: the one thing it looks at, or -1
    std::vector<std::size_t> place_;         // by criterion: its bit in met_ and open_
    std::vector<Judging> judging_;           // by sheet
    std::vector<Plain> plain_;               // by sheet
    std::vector<Word> touched_composed_, touched_deemed_, touched_sheets_, measured_;
    std::vector<const Feed*> touched_;
    mutable std::vector<std::size_t> touched_somes_;
    mutable bool completed_ = false;

    // What a person without any record gets.
    std::vector<Range> nobody_quantities_;
    std::vector<Finding> nobody_criteria_;
    std::vector<Word> nobody_met_, nobody_open_;
    std::vector<Truth> nobody_status_;
    std::vector<Basis> nobody_basis_;
    std::vector<double> nobody_gained_;

    mutable std::vector<Range> quantities_;
    mutable std::vector<Finding> criteria_;
    std::vector<double> gained_;    // by criterion: weight times progress, of those that ask for a quantity
    std::vector<Word> met_, open_;  // bits of criteria: certainly, possibly
    std::vector<Truth> status_;
    std::vector<Basis> basis_;
};

}  // namespace tassei
