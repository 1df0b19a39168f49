package main

func writeWords(j job) (string, error)     { return "", nil }
func writeBaselines(j job) (string, error) { return "", nil }
