"""The platform's API at its own paths: one file for each area of wechat.md §3."""
