"""The same question, answered in other tools the way a skilled user would, tuned for this one standard.

Every module has `load(folder, threads)`, which reads the Parquet files of `careers.py` and codes them small,
and `evaluate(state)`, which gives the certain levels of all people: four equal columns, person,
hardware, software, facility management, in any order of people. All of them lean on facts that Tassei is
not told:

- Ids are a letter and a dense number, so that nothing needs hashing.
- The sheets nest: what counts for a higher level's responsibility counts for the lower one's, so that records
  outside the lowest sheets are dropped before anything is sorted.
- Hardware 6 and software 6 ask for the same work; three of the facility sheets for the same complexity.
- The yes-or-no conditions become bits of one number a record, and one OR a person; so do achievements.
- United days need no islands: sorted by start they are sum(max(0, end - max(start, latest end before))).
"""
