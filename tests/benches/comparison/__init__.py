"""The parts of tests/benches/compare, in the order in which it uses them: load, machine, command, program, server,
bench, round, figure, table. tests/benches/endure uses some of them.
"""
