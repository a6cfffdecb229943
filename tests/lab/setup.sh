make_ready() { :; }
