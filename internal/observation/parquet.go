package observation

import (
	"errors"
	"io"
	"os"

	"github.com/assay-project/assay/internal/columnar"
)

// readParquet reads the columns that hold fields.
func readParquet(f *os.File, s *sink) (err error) {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	file, err := columnar.Open(f, info.Size())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	fields, err := chooseFields(file)
	if err != nil {
		return err
	}
	for n := int64(1); ; n++ {
		cells, err := file.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var r row
		fill(&r, cells, fields)
		if err := s.row(&r, n, nil); err != nil {
			return err
		}
	}
}

// chooseFields chooses the columns that hold fields and returns those.
func chooseFields(file *columnar.File) ([]int, error) {
	all, err := columns(file.Columns())
	if err != nil {
		return nil, err
	}
	var fields, places []int
	for i, f := range all {
		if f >= 0 {
			fields, places = append(fields, f), append(places, i)
		}
	}
	return fields, file.Choose(places...)
}
