"""Where ideas come from: proposers answer asks with feature programs, candidates, repairs."""
