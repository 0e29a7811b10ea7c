"""The parts of tests/benches/compare, in the order in which it uses them: load, machine, program, server, round,
figure, table.
"""
