#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "cheapest.hpp"
#include "demand.hpp"

/// New records of one table that answer several demands at once: the cheapest lists of them.
namespace tassei {

/// A demand on records of a table that is not met yet.
struct OpenDemand {
    int aggregate = 0;
    int missing = 1;  ///< records or kinds; of days nothing is said here
    Word seen = 0;    ///< kinds: words that count already
    bool operator==(const OpenDemand&) const = default;
};

inline constexpr std::size_t most_open = 60;  ///< demands of one shortage

/// What a table's records have to bring about. Bits of a word are places of open demands.
struct Shortage {
    int table = 0;
    std::vector<OpenDemand> open;
    std::vector<Word> running;  ///< demands for days that a running record serves, one word a record
    std::vector<int> frozen;    ///< aggregates that no new record may touch
};

/// Records that answer everything but days, and the demands for days that each can serve.
struct Supply {
    std::vector<int> records;  ///< places in `Supplier::records`
    std::vector<Word> carries; ///< by record
    double cost = 0;
};

struct Supplies {
    std::vector<Supply> ways;  ///< cheapest first; a dearer one has records that days are better spent on
    bool exact = true;
    std::size_t work = 0;  ///< what was looked at, or would have had to be: records appended to lists × demands
};

/// Finds supplies and remembers them; of one thread.
class Supplier {
public:
    Supplier(const Plan& plan, const Demands& demands, const Costs& costs,
             const std::vector<int>& min_verification);

    [[nodiscard]] const Supplies& operator()(const Shortage& shortage);
    /// How much may be looked at for each shortage from now on, where so many sets of demands are asked for.
    void share_work(std::size_t sets);
    [[nodiscard]] const std::vector<NewRecord>& records() const { return records_; }
    [[nodiscard]] double day_cost(int table) const { return costs_[static_cast<std::size_t>(table)].day; }
    [[nodiscard]] double word_cost(int table, int column, int word) const {
        const auto& words = costs_[static_cast<std::size_t>(table)].words[static_cast<std::size_t>(column)];
        return words[static_cast<std::size_t>(word)];
    }
    /// Whether a record is verified well enough and keeps off what is frozen.
    [[nodiscard]] bool allowed(const NewRecord& record, std::span<const int> frozen) const;

private:
    /// A record that answers these demands at once, for every word of these columns.
    struct Kind {
        NewRecord record;
        Word answers = 0;
        std::vector<WordChoice> choices;
    };
    struct Kinds {
        std::vector<Kind> kinds;
        bool exact = true;
    };
    using Key = std::vector<std::uint64_t>;
    struct KeyHash {
        std::size_t operator()(const Key& key) const;
    };
    struct Asked;

    const Kinds& kinds(const Shortage& shortage);
    void grow(const Asked& asked, std::size_t next, Word chosen, const NewRecord& record, Kinds& found);
    [[nodiscard]] std::vector<WordChoice> classes(const Asked& asked, int column) const;
    const std::optional<NewRecord>& solve(const Asked& asked, Word chosen, bool& exact);
    /// The kind's record with these words in the columns that it leaves open.
    [[nodiscard]] int keep(const Kind& kind, const std::vector<int>& words);
    /// The word among these that is for the column that a demand counts.
    [[nodiscard]] static Word word_for(const Kind& kind, const std::vector<int>& words, int column);
    [[nodiscard]] Supplies search(const Shortage& shortage);
    [[nodiscard]] Supplies greedy(const Shortage& shortage, const Kinds& kinds);
    int keep(NewRecord record);

    const Plan& plan_;
    const Demands& demands_;
    std::vector<TableCosts> costs_;
    std::vector<std::optional<Condition>> verified_;  // by table: what a new record's verification has to be
    std::unordered_map<Key, std::pair<std::optional<NewRecord>, bool>, KeyHash> solved_;
    std::unordered_map<Key, Kinds, KeyHash> kinds_;
    std::size_t most_work_ = 0;
    std::unordered_map<Key, Supplies, KeyHash> supplies_;  // those cut short by how much was looked at, too
    std::vector<NewRecord> records_;
    std::map<Key, int> places_;
};

}  // namespace tassei
