"""A stand-in for the WeChat platform: its API, its pushes, and phones to hold in the hand.

    from simulator.platform import WORLD, Config, build
    app = build(Config(webhook="http://127.0.0.1:8080/wechat"))

The phones page is at `/`, the platform's API at its own paths, and what tests and
rehearsals need under `/sim/` (simulator/README.md). Nothing here reaches any other host than the webhook.
"""
