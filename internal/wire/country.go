package wire

import "strings"

// countries holds the officially assigned codes of ISO 3166-1 alpha-2: by first letter, the second letters.
var countries = [...]string{
	'A': "DEFGILMOQRSTUWXZ",
	'B': "ABDEFGHIJLMNOQRSTVWYZ",
	'C': "ACDFGHIKLMNORUVWXYZ",
	'D': "EJKMOZ",
	'E': "CEGHRST",
	'F': "IJKMOR",
	'G': "ABDEFGHILMNPQRSTUWY",
	'H': "KMNRTU",
	'I': "DELMNOQRST",
	'J': "EMOP",
	'K': "EGHIMNPRWYZ",
	'L': "ABCIKRSTUVY",
	'M': "ACDEFGHKLMNOPQRSTUVWXYZ",
	'N': "ACEFGILOPRUZ",
	'O': "M",
	'P': "AEFGHKLMNRSTWY",
	'Q': "A",
	'R': "EOSUW",
	'S': "ABCDEGHIJKLMNORSTVXYZ",
	'T': "CDFGHJKLMNORTVWZ",
	'U': "AGMSYZ",
	'V': "ACEGINU",
	'W': "FS",
	'Y': "ET",
	'Z': "AMW",
}

// isCountry reports whether code is one of them.
func isCountry(code string) bool {
	return len(code) == 2 && int(code[0]) < len(countries) && strings.IndexByte(countries[code[0]], code[1]) >= 0
}
