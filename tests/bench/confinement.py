"""What seccomp and Landlock cost: Decrypt by a server that confines itself and by one that does not, in turns on the same processor."""

import base64
import statistics

from server import Server

TURNS_OF_A_ROUND = 4


def figures(bench):
    with Server(overrides={"log": {"format": "json"}, "confinement": {"mode": "off"}}) as open_server:
        other = type(bench)(open_server, bench.options)
        sides = {"confined": bench, "not confined": other}
        calls = {}
        for name, side in sides.items():
            blob = side.make_key()[1]
            calls[name] = [side.signed("Decrypt", {"CiphertextBlob": base64.b64encode(blob).decode()})]
        seen = {name: [] for name in sides}
        ratios = []
        for turn in range(bench.options.rounds * TURNS_OF_A_ROUND):
            costs = {}
            # Whoever is second finds the machine as the first one left it.
            for name in (list(sides) if turn % 2 else reversed(list(sides))):
                server = sides[name].server
                costs[name] = sides[name].https(server.process.pid, server.https_port, calls[name])
                seen[name].append(costs[name])
            ratios.append(costs["confined"] / costs["not confined"])
        quartiles = statistics.quantiles(ratios, n=4)
        rows = {f"HTTPS Decrypt, {name}": statistics.median(costs) for name, costs in seen.items()}
        return rows | {"confined / not": quartiles[1], "lower quartile": quartiles[0], "upper quartile": quartiles[2]}
