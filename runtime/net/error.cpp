namespace bora::net {}
