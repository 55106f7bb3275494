"""The platform's dialect: envelopes, messages, replies, error codes and the asynchronous client."""
