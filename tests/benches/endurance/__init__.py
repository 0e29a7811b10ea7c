"""The parts of tests/benches/endure, in the order in which it uses them: size, promise, ground, pairs, the measurements
(rooms, grown, lists, held, steady, idle, storm, offline), table. What it shares with compare is in comparison.
"""
