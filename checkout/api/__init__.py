"""The gRPC edge: decode → flow → encode. No SQL, no rules, one door for errors."""
